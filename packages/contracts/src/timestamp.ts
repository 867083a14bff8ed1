import { z } from 'zod'

const ISO = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)$/
const EXPECTED = 'expected ISO 8601 with a zone, as 2026-11-21T09:51:58.101Z, or milliseconds since 1970'

// A zone can move a time out of the years of four digits, and no database has a year 0.
const YEAR_1_TO_9999 = /^(?!0000)\d{4}-/

// Less is a time in seconds, sent by mistake: 1e11 milliseconds are in 1973.
const LEAST_EPOCH_MS = 1e11
const GREATEST_EPOCH_MS = Date.UTC(9999, 11, 31)

/** A client's time: ISO 8601 with its zone, or milliseconds since 1970. After parsing ISO 8601, UTC, milliseconds. */
export const Timestamp = z
  .union(
    [
      z.string().regex(ISO, EXPECTED),
      z.int(EXPECTED).min(LEAST_EPOCH_MS, EXPECTED).max(GREATEST_EPOCH_MS, EXPECTED),
    ],
    EXPECTED,
  )
  .transform((sent, context): string => {
    const utc = toUtc(sent)
    if (utc !== undefined) return utc
    context.addIssue({ code: 'custom', message: EXPECTED, input: undefined })
    return z.NEVER
  })

function toUtc(sent: string | number): string | undefined {
  if (typeof sent === 'number') return new Date(sent).toISOString()
  const time = Date.parse(sent.toUpperCase())
  if (Number.isNaN(time) || !dayExists(sent)) return undefined
  const utc = isCanonical(sent) ? sent : new Date(time).toISOString()
  return YEAR_1_TO_9999.test(utc) ? utc : undefined
}

// V8 reads the 30th of February as the 2nd of March.
function dayExists(sent: string): boolean {
  const day = Number(sent.slice(8, 10))
  if (day <= 28) return true
  return day <= new Date(Date.UTC(Number(sent.slice(0, 4)), Number(sent.slice(5, 7)), 0)).getUTCDate()
}

function isCanonical(sent: string): boolean {
  return (
    sent.length === 24 &&
    sent[10] === 'T' &&
    sent.endsWith('Z') &&
    sent[19] === '.' &&
    !sent.startsWith('24', 11)
  )
}
