const FIRST_MS = 250
const MOST_MS = 5_000
const MOST_RETRY_AFTER_MS = 120_000

export interface RetryDelay {
  /** 0 for the first failure in a row. */
  readonly failures: number
  /** The header `Retry-After` as it came: seconds or an HTTP date. */
  readonly retryAfter: string | null
  readonly now: Date
  /** From 0 to 1, so that many senders do not come back at the same moment. */
  readonly random: number
}

/** Milliseconds to wait: twice as long each time, up to 5 s, at least half of it; never less than Retry-After says. */
export function retryDelayMs({ failures, retryAfter, now, random }: RetryDelay): number {
  const ceiling = Math.min(MOST_MS, FIRST_MS * 2 ** failures)
  const backOff = ceiling / 2 + (random * ceiling) / 2
  const asked = Math.min(retryAfterMs(retryAfter, now), MOST_RETRY_AFTER_MS)
  return Math.round(asked > 0 ? asked + random * FIRST_MS : backOff)
}

function retryAfterMs(header: string | null, now: Date): number {
  if (header === null) return 0
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? 0 : Math.max(0, at - now.getTime())
}
