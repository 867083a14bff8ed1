import type { ParsedEvent } from '@millrace/contracts/parsed-event'
import type { EventPeople, ScrubbedEvent } from '@millrace/contracts/stamped-event'
import { createPeople, type PersonIds, type PseudonymKeys } from './create-people.ts'
import { readUserAgent } from './read-user-agent.ts'
import { scrubContext } from './scrub-context.ts'
import { scrubId } from './scrub-id.ts'
import { scrubProperties } from './scrub-properties.ts'
import { scrubText } from './scrub-text.ts'
import { scrubValue } from './scrub-value.ts'

export type ScrubberDeps = PseudonymKeys

/** What the request says beyond the event. With a secret key the agent and address are the sending server's, and unused. */
export interface EventRequest {
  readonly userAgent?: string | undefined
  readonly ip?: string | undefined
  readonly keyKind: 'public' | 'secret'
}

/** Takes personal data out of what is about to be stored. Nothing here throws on data, whatever its shape. */
export interface Scrubber {
  scrubEvent(event: ParsedEvent, request: EventRequest): ScrubbedEvent
  /** Any JSON value, as a rejected event is: without the ids at its top, scrubbed like a custom event, bounded in size. */
  scrubUnknown(value: unknown): unknown
  /** A text with personal data replaced by its kind: `[email]`, `[phone]`, `[card]`, … */
  scrubText(text: string): string
  /** The uuids by which a person is known from here on. */
  peopleOf(ids: PersonIds): EventPeople
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

export function createScrubber(keys: ScrubberDeps): Scrubber {
  const { peopleOf, pseudonym } = createPeople(keys)

  function scrubEvent(event: ParsedEvent, request: EventRequest): ScrubbedEvent {
    const browser = request.keyKind === 'public'
    const agent = readUserAgent(browser ? request.userAgent : event.context.userAgent, request.keyKind)
    const ip = browser ? request.ip : event.context.ip
    const scrubbed: Writable<ScrubbedEvent> = {
      messageId: scrubId(event.messageId, pseudonym),
      type: event.type,
      event: event.custom ? scrubText(event.event) : event.event,
      custom: event.custom,
      properties: event.custom
        ? (scrubValue(event.properties, pseudonym) as Readonly<Record<string, unknown>>)
        : scrubProperties(event.event, event.properties, pseudonym),
      context: scrubContext(event.context, ip, agent),
    }
    Object.assign(scrubbed, peopleOf(event))
    if (event.originalTimestamp !== undefined) scrubbed.originalTimestamp = event.originalTimestamp
    if (event.sessionId !== undefined) scrubbed.sessionId = scrubId(event.sessionId, pseudonym)
    if (agent.bot !== undefined) scrubbed.bot = agent.bot
    return scrubbed
  }

  function scrubUnknown(value: unknown): unknown {
    return scrubValue(withoutIds(value), pseudonym)
  }

  return { scrubEvent, scrubUnknown, scrubText, peopleOf }
}

function withoutIds(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const {
    userId: _user,
    anonymousId: _anonymous,
    previousId: _previous,
    ...rest
  } = value as Record<string, unknown>
  return rest
}
