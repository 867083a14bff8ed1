import { hash } from 'node:crypto'
import type { KeyedPeople, ScrubbedEvent } from '@millrace/contracts/stamped-event'

/** First 128 bits of SHA-256(source, 0x00, messageId as sent), as a uuid: the idempotency key of an event. */
export function eventIdOf(source: string, messageId: string): string {
  const hex = hash('sha256', `${source}\0${messageId}`, 'hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/**
 * First 64 bits, hex, of SHA-256 over what the client said. Times of sending and receipt are left out, so that a retry
 * has the hash of the first attempt and another event under the same messageId has not. People are in it by the oldest
 * living key: an event that was sent before a rotation and again after it has one hash.
 */
export function contentHashOf(event: ScrubbedEvent): string {
  const people: KeyedPeople = event.retired ?? event
  const said = [
    event.type,
    event.event,
    event.properties,
    people.userPerson ?? null,
    people.anonymousPerson ?? null,
    people.previousPersons ?? null,
    event.sessionId ?? null,
    event.originalTimestamp ?? null,
  ]
  return hash('sha256', canonicalJson(said), 'hex').slice(0, 16)
}

/** JSON with the keys of every object in ascending order, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const object = value as Readonly<Record<string, unknown>>
  const members: string[] = []
  for (const key of Object.keys(object).sort()) {
    if (object[key] !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(object[key])}`)
  }
  return `{${members.join(',')}}`
}
