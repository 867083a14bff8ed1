const YEAR_2000_OR_LATER = /^[2-9]\d{3}-/

/** True for a moment as the API stamps it (ISO 8601 UTC with milliseconds) that there is: not for the 31st of February. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string' || value.length !== 24 || !YEAR_2000_OR_LATER.test(value)) return false
  const at = Date.parse(value)
  return !Number.isNaN(at) && new Date(at).toISOString() === value
}
