import type { ParsedBatch } from '@millrace/contracts/parse-batch'
import type { EventType, ParsedEvent } from '@millrace/contracts/parsed-event'
import type { QuarantinedEvent } from '@millrace/contracts/quarantined-event'
import type { Rejection } from '@millrace/contracts/rejection'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import type { EventRequest, Scrubber } from '@millrace/scrub/create-scrubber'
import { readUserAgent } from '@millrace/scrub/read-user-agent'
import { type BrowserSignal, consentOf, consentOfRaw, type DenialReason } from './consent.ts'
import { eventIdOf } from './event-id.ts'
import { quarantineEvent, type Refused } from './quarantine-event.ts'
import { asIfAlone, rawEventAt } from './raw-event.ts'
import { type RequestStamp, type Stamped, stampEvent } from './stamp-event.ts'

/** What becomes of the events of a person who denied consent: not kept, or kept as nobody's. */
export type ConsentPolicy = 'suppress' | 'anonymous'

export interface JudgeDeps {
  readonly scrubber: Scrubber
  readonly consentPolicy: ConsentPolicy
  /** In lower case: the consent categories that stand for analytics. */
  readonly analyticsCategories: ReadonlySet<string>
  readonly maxEventAgeDays: number
}

/** What the events of one request share. */
export interface Circumstances {
  readonly body: unknown
  /** What an event is that names no type. */
  readonly defaultType: EventType | undefined
  readonly stamp: RequestStamp
  readonly sender: EventRequest
  readonly signal: BrowserSignal | undefined
}

/** Every event is accepted, suppressed or rejected; of the rejected, those that may be kept are quarantined. */
export interface Judged {
  readonly accepted: readonly StampedEvent[]
  /** Kept nowhere; how many, by reason. */
  readonly suppressed: Readonly<Record<DenialReason, number>>
  /** In the order of the batch. */
  readonly rejected: readonly Rejection[]
  readonly quarantined: readonly QuarantinedEvent[]
}

export type JudgeBatch = ReturnType<typeof createJudge>

type Batch = Extract<ParsedBatch, { kind: 'batch' }>

const DAY_MS = 86_400_000

/** Scrubs and stamps what passed its contract, and makes what did not fit to be kept. Publishes nothing. */
export function createJudge({ scrubber, consentPolicy, analyticsCategories, maxEventAgeDays }: JudgeDeps) {
  const maxEventAgeMs = maxEventAgeDays * DAY_MS

  return function judgeBatch(batch: Batch, around: Circumstances): Judged {
    const { signal } = around
    const accepted: StampedEvent[] = []
    const refused: Refused[] = [...batch.rejected]
    const suppressed: Record<DenialReason, number> = { gpc: 0, dnt: 0, consent: 0 }
    for (const event of batch.events) {
      const consent = consentOf(signal, event.context.consent, analyticsCategories)
      if (consent === 'denied' && consentPolicy === 'suppress') {
        suppressed[signal ?? 'consent'] += 1
        continue
      }
      const eventId = eventIdOf(around.stamp.source, event.messageId)
      const scrubbed = scrubber.scrubEvent(event, around.sender)
      const stamped = stampEvent(scrubbed, around.stamp, { eventId, consent, maxEventAgeMs })
      if (stamped.kind === 'stamped') accepted.push(stamped.event)
      else refused.push(outOfRange(event, stamped, around.body))
    }
    if (refused.length > batch.rejected.length) refused.sort((a, b) => a.index - b.index)
    const quarantined = refused.flatMap((event) => keepRefused(event, around))
    return { accepted, suppressed, rejected: refused.map(answerTo), quarantined }
  }

  /** An id that is somebody's address is not repeated either: answers are logged by whoever stands between. */
  function answerTo({ raw: _raw, ...rejection }: Refused): Rejection {
    const { messageId } = rejection
    const isHarmless = messageId === null || scrubber.scrubText(messageId) === messageId
    return { ...rejection, messageId: isHarmless ? messageId : null }
  }

  function keepRefused(
    refused: Refused,
    { body, defaultType, stamp, sender, signal }: Circumstances,
  ): QuarantinedEvent[] {
    const raw = asIfAlone(refused.raw, body, defaultType)
    const denied = consentOfRaw(signal, raw, analyticsCategories) === 'denied'
    if (denied && consentPolicy === 'suppress') return []
    const { bot } = sender.keyKind === 'public' ? readUserAgent(sender.userAgent, 'public') : {}
    return [quarantineEvent({ ...refused, raw }, { scrubber, stamp, bot, anonymous: denied })]
  }
}

function outOfRange(
  { index, messageId }: ParsedEvent,
  { detail }: Extract<Stamped, { kind: 'out_of_range' }>,
  body: unknown,
): Refused {
  return {
    index,
    messageId,
    code: 'timestamp_out_of_range',
    path: 'originalTimestamp',
    detail,
    retryable: false,
    raw: rawEventAt(body, index),
  }
}
