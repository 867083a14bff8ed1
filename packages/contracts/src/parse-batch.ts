import { BatchEnvelope, SingleEnvelope } from './envelope.ts'
import { readContext } from './event-context.ts'
import { messageIdOf, type ParseRights, parseEvent } from './parse-event.ts'
import type { ParsedContext, ParsedEvent } from './parsed-event.ts'
import { firstProblem, type Problem } from './problem.ts'
import type { Rejection } from './rejection.ts'

/**
 * A rejection, and the event as it was sent: without its writeKey; only its ids where it was too large or too deep;
 * undefined where it was no object. Never deeper than 32 levels.
 */
export interface RejectedEvent extends Rejection {
  readonly raw: unknown
}

export type ParsedBatch =
  | {
      readonly kind: 'batch'
      /** ISO 8601 UTC; absent for an array, whose events may have been sent at different times. */
      readonly sentAt?: string
      readonly writeKey?: string
      readonly events: readonly ParsedEvent[]
      readonly rejected: readonly RejectedEvent[]
      readonly total: number
    }
  /** More than MAX_EVENTS: answer 413. */
  | { readonly kind: 'too_many'; readonly total: number; readonly detail: string }
  /** Not an event, an array of events or a batch: answer 400. */
  | { readonly kind: 'malformed'; readonly detail: string }

type OpenedBody =
  | {
      readonly kind: 'open'
      readonly events: readonly unknown[]
      readonly sentAt?: string
      readonly context?: ParsedContext
    }
  | { readonly kind: 'malformed'; readonly detail: string }

/** Events that one request may hold. */
export const MAX_EVENTS = 500

/** Judges every event of a request body, each on its own. Never throws, whatever was sent. */
export function parseBatch(body: unknown, rights: ParseRights): ParsedBatch {
  const opened = openBody(body)
  if (opened.kind === 'malformed') return opened
  const total = opened.events.length
  if (total > MAX_EVENTS) return { kind: 'too_many', total, detail: `expected at most ${MAX_EVENTS} events` }
  const events: ParsedEvent[] = []
  const rejected: RejectedEvent[] = []
  opened.events.forEach((sent, index) => {
    const judged = parseEvent(sent, index, rights, opened.context)
    if (judged.kind === 'event') events.push(judged.event)
    else rejected.push(toRejected(sent, index, judged.problem, judged.oversized))
  })
  const writeKey = readWriteKey(body)
  return {
    kind: 'batch',
    ...(opened.sentAt && { sentAt: opened.sentAt }),
    ...(writeKey && { writeKey }),
    events,
    rejected,
    total,
  }
}

/** The write key in a body, where a client such as sendBeacon could set no header. */
export function readWriteKey(body: unknown): string | undefined {
  if (!isRecord(body) || !Object.hasOwn(body, 'writeKey')) return undefined
  const { writeKey } = body
  return typeof writeKey === 'string' && writeKey !== '' && writeKey.length <= 200 ? writeKey : undefined
}

function openBody(body: unknown): OpenedBody {
  if (Array.isArray(body)) return { kind: 'open', events: body }
  if (!isRecord(body)) return malformed('expected an event, an array of events, or { batch: [...] }')
  return Object.hasOwn(body, 'batch') ? openBatch(body) : openSingle(body)
}

function openBatch(body: Readonly<Record<string, unknown>>): OpenedBody {
  const parsed = BatchEnvelope.safeParse(body)
  if (!parsed.success) return malformed(inWords(firstProblem(parsed.error, '', body)))
  const read = readContext(parsed.data.context)
  if (read.kind === 'invalid') return malformed(inWords(read.problem))
  return { kind: 'open', events: parsed.data.batch, ...sentAtOf(parsed.data), context: read.context }
}

function openSingle(body: Readonly<Record<string, unknown>>): OpenedBody {
  const parsed = SingleEnvelope.safeParse(body)
  if (!parsed.success) return malformed(inWords(firstProblem(parsed.error, '', body)))
  return { kind: 'open', events: [body], ...sentAtOf(parsed.data) }
}

function sentAtOf({ sentAt }: { sentAt?: string | null | undefined }): { sentAt?: string } {
  return sentAt ? { sentAt } : {}
}

function malformed(detail: string): OpenedBody {
  return { kind: 'malformed', detail }
}

function inWords({ path, detail }: Problem): string {
  return path ? `${path}: ${detail}` : detail
}

function toRejected(sent: unknown, index: number, problem: Problem, oversized: boolean): RejectedEvent {
  const raw = oversized ? outlineOf(sent) : withoutWriteKey(sent)
  return { index, messageId: messageIdOf(sent), ...problem, retryable: false, raw }
}

const OUTLINE = [
  'messageId',
  'type',
  'event',
  'userId',
  'anonymousId',
  'previousId',
  'sessionId',
  'originalTimestamp',
]
const MAX_OUTLINE_TEXT = 256

// Enough to tell whose event it was; the rest is what was too much.
function outlineOf(sent: unknown): unknown {
  if (!isRecord(sent)) return undefined
  return Object.fromEntries(OUTLINE.flatMap((name) => (isShort(sent[name]) ? [[name, sent[name]]] : [])))
}

function isShort(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value.length <= MAX_OUTLINE_TEXT)
}

// A write key is a secret, and a rejected event is stored.
function withoutWriteKey(sent: unknown): unknown {
  if (!isRecord(sent) || !Object.hasOwn(sent, 'writeKey')) return sent
  const { writeKey: _, ...rest } = sent
  return rest
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
