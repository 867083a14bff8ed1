import { isMessageId } from '@millrace/contracts/envelope'
import { readId } from '@millrace/contracts/event-people'
import type { QuarantinedEvent } from '@millrace/contracts/quarantined-event'
import type { Rejection } from '@millrace/contracts/rejection'
import { cleaned } from '@millrace/contracts/weigh'
import type { Scrubber } from '@millrace/scrub/create-scrubber'
import { eventIdOf } from './event-id.ts'
import type { RequestStamp } from './stamp-event.ts'

/** A rejected event, as it was sent. */
export interface Refused extends Rejection {
  readonly raw: unknown
}

export interface QuarantineDeps {
  readonly scrubber: Scrubber
  readonly stamp: RequestStamp
  /** Why the sender is a bot. */
  readonly bot?: string | undefined
  /** The person denied consent: kept without pseudonyms. */
  readonly anonymous: boolean
}

type People = QuarantinedEvent['people']

/** A rejected event in the form in which it may be kept: people are pseudonyms, every text was searched. */
export function quarantineEvent(refused: Refused, deps: QuarantineDeps): QuarantinedEvent {
  const { scrubber, stamp, bot, anonymous } = deps
  const { source, keyKind, historical, canary, requestId, receivedAt, sentAt } = stamp
  const { code, path, detail } = refused
  const { people, rest } = takeIds(refused.raw, scrubber)
  return {
    ...identity(refused.messageId, source, scrubber),
    source,
    keyKind,
    ...(historical && { historical }),
    ...(canary && { canary }),
    requestId,
    receivedAt,
    ...(sentAt !== undefined && { sentAt }),
    code,
    path,
    detail,
    people: anonymous ? {} : people,
    ...(bot !== undefined && { bot }),
    ...(code !== 'too_large' && keep(rest, { anonymous, source, scrubber })),
  }
}

function identity(messageId: string | null, source: string, scrubber: Scrubber) {
  if (!isMessageId(messageId)) return {}
  return { eventId: eventIdOf(source, messageId), messageId: String(scrubber.scrubUnknown(messageId)) }
}

function takeIds(raw: unknown, scrubber: Scrubber): { readonly people: People; readonly rest: unknown } {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { people: {}, rest: raw }
  const { messageId: _m, userId, anonymousId, previousId, ...rest } = raw as Record<string, unknown>
  const people = scrubber.peopleOf({
    userId: idText(userId),
    anonymousId: idText(anonymousId),
    previousId: idText(previousId),
  })
  return { people, rest }
}

/** Whatever is neither text nor a number is nobody's id. */
function idText(id: unknown): string | undefined {
  return typeof id === 'string' || typeof id === 'number' ? readId(id) : undefined
}

const DENIED = { consent: { categoryPreferences: { analytics: false } } }

interface KeepDeps extends Pick<QuarantineDeps, 'scrubber' | 'anonymous'> {
  readonly source: string
}

/** Postgres stores neither NUL nor half a surrogate pair, so neither goes into the log. */
function keep(
  rest: unknown,
  { anonymous, source, scrubber }: KeepDeps,
): Pick<QuarantinedEvent, 'event' | 'findings'> {
  const { event: scrubbed, ...found } = scrubber.scrubRefused(rest, source)
  const event = cleaned(scrubbed)
  if (!anonymous || typeof event !== 'object' || event === null) return { event, ...found }
  const { sessionId: _s, ...kept } = event as Record<string, unknown>
  return { event: { ...kept, context: DENIED }, ...found }
}
