import { createHash } from 'node:crypto'
import type { StampedEvent } from '@millrace/contracts/stamped-event'

/** A stamped event as the API publishes it: a page view of an anonymous visitor, with what a test wants different. */
export function stampedEvent(given: Partial<StampedEvent> & { readonly messageId: string }): StampedEvent {
  const source = given.source ?? 'web'
  const timestamp = given.timestamp ?? '2026-11-20T12:00:00.000Z'
  const event: StampedEvent = {
    eventId: eventIdOf(source, given.messageId),
    contentHash: '',
    source,
    keyKind: 'public',
    requestId: 'r1',
    type: 'track',
    event: 'page_viewed',
    custom: false,
    receivedAt: timestamp,
    timestamp,
    timeSource: 'original',
    consent: 'unknown',
    properties: {},
    context: { country: 'ZZ' },
    ...given,
  }
  return { ...event, contentHash: given.contentHash ?? contentHashOf(event) }
}

/** A stable uuid for a name, as pseudonyms are. */
export function personOf(name: string): string {
  return uuidOf(`person ${name}`)
}

function eventIdOf(source: string, messageId: string): string {
  return uuidOf(`${source}\0${messageId}`)
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}

function contentHashOf({
  type,
  event,
  properties,
  userPerson,
  anonymousPerson,
  originalTimestamp,
}: StampedEvent): string {
  const content = JSON.stringify([type, event, properties, userPerson, anonymousPerson, originalTimestamp])
  return createHash('sha256').update(content).digest('hex').slice(0, 16)
}
