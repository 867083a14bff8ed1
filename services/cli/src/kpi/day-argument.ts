import { InvalidArgumentError } from 'commander'

/** @throws InvalidArgumentError when it is no day of the calendar, as yyyy-mm-dd. */
export function day(text: string): string {
  if (!isDay(text)) throw new InvalidArgumentError('Expected a day as yyyy-mm-dd.')
  return text
}

/** V8 reads the 30th of February as the 1st of March; Postgres has no year 0. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith('0000')) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
