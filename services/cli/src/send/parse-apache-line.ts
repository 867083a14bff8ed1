import type { ApacheRow } from './mapping.ts'

// Quoted fields escape quotes by a backslash. The last one may lack its end: long agents are cut by log shippers.
const COMBINED =
  /^(\S+) \S+ (\S+) \[([^\]]{20,40})\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"?)?\s*$/
const TIME = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)$/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Reads a line in Apache's combined or common format; undefined for anything else. */
export function parseApacheLine(line: string): ApacheRow | undefined {
  const found = COMBINED.exec(line)
  if (!found) return undefined
  const [, address = '', user, at = '', request = '', status = '', bytes, referrer, userAgent] = found
  const time = toIso(at)
  if (time === undefined) return undefined
  const [method = '', target = ''] = request.split(' ')
  return {
    address,
    user: filled(user),
    time,
    method,
    target,
    status,
    bytes: filled(bytes),
    referrer: unescaped(filled(referrer)),
    userAgent: unescaped(filled(userAgent)),
    line,
  }
}

function toIso(at: string): string | undefined {
  const found = TIME.exec(at)
  if (!found) return undefined
  const [, day, monthName = '', year, clock, hours, minutes] = found
  const month = String(MONTHS.indexOf(monthName) + 1).padStart(2, '0')
  const time = Date.parse(`${year}-${month}-${day}T${clock}${hours}:${minutes}`)
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}

function filled(field: string | undefined): string {
  return field === undefined || field === '-' ? '' : field
}

function unescaped(field: string): string {
  return field.replaceAll(/\\(["\\])/g, '$1')
}
