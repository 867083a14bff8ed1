/**
 * So long after an event was received its sender has been told that it is stored, or has not, and sends it again. What a
 * log and the spool hold at a moment is therefore complete only up to this much before it.
 */
export const IN_FLIGHT_MS = 5_000
