import { randomBytes } from 'node:crypto'

export const SPOOL = 'spool/'

/** Where objects go that cannot be read: nobody publishes them, nothing deletes them. */
export const BROKEN_SPOOL = 'spool-broken/'

const KEY = /^spool\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-[0-9a-f]{16}\.ndjson\.gz$/

/** A new key, which nobody else makes; in the order of keys it stands by its time. */
export function spoolKey(receivedAt: Date): string {
  const time = receivedAt.toISOString().replace(/[-:.]/g, '')
  return `${SPOOL}${time}-${randomBytes(8).toString('hex')}.ndjson.gz`
}

/** When the oldest event of a spool object was received; undefined when this is no key of one. */
export function spooledAt(key: string): Date | undefined {
  const [, year, month, day, hour, minute, second, ms] = KEY.exec(key) ?? []
  if (year === undefined) return undefined
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`)
  return Number.isNaN(time.getTime()) ? undefined : time
}
