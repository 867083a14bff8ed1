import type { ParsedEvent } from '@millrace/contracts/parsed-event'
import type { ScrubbedEvent } from '@millrace/contracts/stamped-event'
import { createPseudonyms, type Pseudonyms } from './pseudonym.ts'
import { readUserAgent } from './read-user-agent.ts'
import { scrubContext } from './scrub-context.ts'
import { scrubId } from './scrub-id.ts'
import { scrubProperties } from './scrub-properties.ts'
import { scrubText } from './scrub-text.ts'
import { scrubValue } from './scrub-value.ts'

export interface ScrubberDeps {
  /** The secret that turns ids into pseudonyms: another key, other people. */
  readonly pseudonymKey: string | Uint8Array
}

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
  /** The uuid by which a user (`u`) or anonymous (`a`) id is known from here on. */
  pseudonym(kind: 'u' | 'a', id: string): string
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

export function createScrubber({ pseudonymKey }: ScrubberDeps): Scrubber {
  const pseudonym = createPseudonyms(pseudonymKey)

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
    addPeople(scrubbed, event, pseudonym)
    if (event.originalTimestamp !== undefined) scrubbed.originalTimestamp = event.originalTimestamp
    if (event.sessionId !== undefined) scrubbed.sessionId = scrubId(event.sessionId, pseudonym)
    if (agent.bot !== undefined) scrubbed.bot = agent.bot
    return scrubbed
  }

  function scrubUnknown(value: unknown): unknown {
    return scrubValue(withoutIds(value), pseudonym)
  }

  return { scrubEvent, scrubUnknown, scrubText, pseudonym }
}

function addPeople(
  scrubbed: Writable<ScrubbedEvent>,
  { userId, anonymousId, previousId }: ParsedEvent,
  pseudonym: Pseudonyms,
): void {
  if (userId !== undefined) scrubbed.userPerson = pseudonym('u', userId)
  if (anonymousId !== undefined) scrubbed.anonymousPerson = pseudonym('a', anonymousId)
  if (previousId !== undefined)
    scrubbed.previousPersons = [pseudonym('u', previousId), pseudonym('a', previousId)]
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
