import { z } from 'zod'
import { EventEnvelope, isMessageId } from './envelope.ts'
import { readContext } from './event-context.ts'
import { nameEvent } from './event-name.ts'
import { type EventPeople, missingPerson, readId, readPeople } from './event-people.ts'
import type { EventType, ParsedContext, ParsedEvent } from './parsed-event.ts'
import { nameOf, notPermitted } from './permission.ts'
import { firstProblem, type Problem, schemaInvalid } from './problem.ts'
import { readProperties } from './read-properties.ts'
import { Timestamp } from './timestamp.ts'
import { cleaned, MAX_WALK_DEPTH, type Weight, weigh } from './weigh.ts'
import type { WriteKey } from './write-key.ts'

/** With what rights a request came, and the type that its path implies. */
export interface ParseRights {
  readonly key: WriteKey
  readonly defaultType?: EventType
}

export type JudgedEvent =
  | { readonly kind: 'event'; readonly event: ParsedEvent }
  /** `oversized`: no object, or one that is too large or too deep to be kept whole. */
  | { readonly kind: 'rejected'; readonly problem: Problem; readonly oversized: boolean }

const MAX_BYTES = { public: 32 * 1024, secret: 256 * 1024 } as const

const envelopeSchema = z.compile(EventEnvelope)
const ClientTime = z.compile(Timestamp.nullish())

/** Judges one event of a request on its own. Never throws, whatever was sent. */
export function parseEvent(
  sent: unknown,
  index: number,
  rights: ParseRights,
  batchContext: ParsedContext | undefined,
): JudgedEvent {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) {
    return { kind: 'rejected', problem: schemaInvalid('', 'expected an event, an object'), oversized: true }
  }
  const weight = weigh(sent)
  const burden = tooMuch(sent, weight, rights.key)
  if (burden) return { kind: 'rejected', problem: burden, oversized: true }
  const parsed = envelopeSchema.safeParse(sent)
  if (!parsed.success) return rejected(firstProblem(parsed.error, '', sent))
  // The messageId was found clean, so that this makes no other id of it.
  const envelope = weight.clean ? parsed.data : (cleaned(parsed.data) as EventEnvelope)
  return judge(envelope, index, rights, batchContext)
}

/** The event's messageId where it has a readable one. */
export function messageIdOf(sent: unknown): string | null {
  const messageId =
    typeof sent === 'object' && sent !== null && 'messageId' in sent ? sent.messageId : undefined
  return isMessageId(messageId) ? messageId : null
}

function tooMuch(sent: object, weight: Weight, { kind }: WriteKey): Problem | undefined {
  if (weight.depth > MAX_WALK_DEPTH)
    return schemaInvalid('', `expected at most ${MAX_WALK_DEPTH} levels of nesting`)
  if (!weight.json) return schemaInvalid('', 'expected JSON')
  const most = MAX_BYTES[kind]
  if (weight.bytesAtMost <= most || Buffer.byteLength(JSON.stringify(sent)) <= most) return undefined
  return { code: 'too_large', path: '', detail: `expected at most ${most / 1024} KB of JSON an event` }
}

function judge(
  envelope: EventEnvelope,
  index: number,
  rights: ParseRights,
  batchContext: ParsedContext | undefined,
): JudgedEvent {
  const type = envelope.type ?? rights.defaultType ?? (envelope.event ? 'track' : undefined)
  if (!type)
    return rejected(schemaInvalid('type', 'missing, expected track, page, screen, identify, group or alias'))
  const named = nameEvent(type, envelope.event)
  if (named.kind === 'unnamed') return rejected(named.problem)
  const people = readPeople(envelope)
  const problem = notPermitted(named, envelope.event, rights.key) ?? missingPerson(type, people, rights.key)
  if (problem) return rejected(problem)
  const read = readContext(envelope.context, batchContext)
  if (read.kind === 'invalid') return rejected(read.problem)
  const result = readProperties(named, envelope, read.context)
  if (result.kind === 'invalid') return rejected(result.problem)
  const time = readTime(envelope)
  if (!time.success) return rejected(firstProblem(time.error, 'timestamp', envelope.timestamp))
  const event: Writable<ParsedEvent> = {
    index,
    messageId: envelope.messageId,
    type,
    event: nameOf(named),
    custom: named.kind === 'custom',
    properties: result.properties,
    context: read.context,
  }
  if (time.data) event.originalTimestamp = time.data
  if (result.undeclared !== undefined) event.undeclared = result.undeclared
  addIds(event, people, envelope)
  return { kind: 'event', event }
}

// The server alone sets `timestamp`; a client's counts where it is the only time there is.
function readTime({
  originalTimestamp,
  timestamp,
}: EventEnvelope): z.ZodSafeParseResult<string | null | undefined> {
  if (originalTimestamp) return { success: true, data: originalTimestamp }
  return ClientTime.safeParse(timestamp)
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

// Field by field: spreading objects into each other here would cost more than all the checks.
function addIds(event: Writable<ParsedEvent>, people: EventPeople, envelope: EventEnvelope): void {
  const sessionId = readId(envelope.sessionId)
  if (people.userId !== undefined) event.userId = people.userId
  if (people.anonymousId !== undefined) event.anonymousId = people.anonymousId
  if (event.type === 'alias' && people.previousId !== undefined) event.previousId = people.previousId
  if (sessionId !== undefined) event.sessionId = sessionId
}

function rejected(problem: Problem): JudgedEvent {
  return { kind: 'rejected', problem, oversized: false }
}
