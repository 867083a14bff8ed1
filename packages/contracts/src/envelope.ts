import { z } from 'zod'
import { idField, textField } from './field.ts'
import type { EventType } from './parsed-event.ts'
import { Timestamp } from './timestamp.ts'
import { isCleanText } from './weigh.ts'

const EVENT_TYPES = ['track', 'page', 'screen', 'identify', 'group', 'alias'] as const satisfies EventType[]

const MAX_MESSAGE_ID = 100

/** What a name of an event is, in words. */
export const EVENT_NAME_EXPECTED = 'expected a name of 1 to 100 printable characters without @'

// Characters, not UTF-16 units: an emoji counts once.
const MessageId = z
  .string()
  .refine(isMessageId, `expected text of 1 to ${MAX_MESSAGE_ID} characters`)
  .meta({ pii: 'id', minLength: 1, maxLength: MAX_MESSAGE_ID })

// Segment's clients take numbers for ids too.
const Id = z.union(
  [z.string().max(256).meta({ pii: 'id' }), z.int()],
  'expected text of at most 256 characters',
)

/**
 * The envelope of one event, with the names of the Segment spec. What is not declared is dropped, and so are
 * receivedAt, source, bot and the like, which the server alone sets.
 */
export const EventEnvelope = z.object({
  messageId: MessageId,
  type: z.enum(EVENT_TYPES).nullish(),
  /** track: a name of the catalogue, one of Segment's, or a custom one. */
  event: z.string().max(200, EVENT_NAME_EXPECTED).meta({ pii: 'text' }).nullish(),
  /** page and screen: their name. */
  name: textField().nullish(),
  originalTimestamp: Timestamp.nullish(),
  /** Stands in where originalTimestamp is missing, and is not looked at otherwise. */
  timestamp: z.unknown().optional(),
  userId: Id.nullish(),
  anonymousId: Id.nullish(),
  /** alias: the id that becomes a name of userId. */
  previousId: Id.nullish(),
  sessionId: Id.nullish(),
  properties: z.unknown().optional(),
  /** identify: plan, channel, country. */
  traits: z.unknown().optional(),
  context: z.unknown().optional(),
})
export type EventEnvelope = z.output<typeof EventEnvelope>

/** What a request of one event says beside the event. */
export const SingleEnvelope = z.object({ sentAt: Timestamp.nullish(), writeKey: idField().nullish() })

/** What a batch says once for all its events; its context is the default of each event's. */
export const BatchEnvelope = SingleEnvelope.extend({
  context: z.unknown().optional(),
  batch: z.array(z.unknown()),
})

/** True for a messageId that can be answered and stored as it was sent. */
export function isMessageId(sent: unknown): sent is string {
  if (typeof sent !== 'string' || sent === '' || sent.length > 2 * MAX_MESSAGE_ID) return false
  if (sent.length > MAX_MESSAGE_ID && [...sent].length > MAX_MESSAGE_ID) return false
  return isCleanText(sent)
}
