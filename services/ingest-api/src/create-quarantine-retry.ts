import { parseBatch } from '@millrace/contracts/parse-batch'
import type { ParsedEvent } from '@millrace/contracts/parsed-event'
import type { QuarantinedEvent } from '@millrace/contracts/quarantined-event'
import type { Rejection } from '@millrace/contracts/rejection'
import { EVENTS_TOPIC, type ScrubbedEvent, type StampedEvent } from '@millrace/contracts/stamped-event'
import type { WriteKey } from '@millrace/contracts/write-key'
import type { EventLog } from '@millrace/event-log/event-log'
import type { Scrubber } from '@millrace/scrub/create-scrubber'
import { consentOf, DEFAULT_CATEGORIES } from './consent.ts'
import { eventRecord } from './publish-events.ts'
import { requestStamp, stampEvent } from './stamp-event.ts'

export interface QuarantineRetryDeps {
  readonly log: Pick<EventLog, 'publish'>
  readonly scrubber: Scrubber
  /** What the sources may send now. */
  readonly keys: readonly WriteKey[]
  readonly maxEventAgeDays: number
  /** In lower case: the consent categories that stand for analytics. */
  readonly analyticsCategories?: ReadonlySet<string>
}

/** Why an event stays in quarantine. */
export type StillQuarantined = Pick<Rejection, 'code' | 'path' | 'detail'> & { readonly eventId?: string }

export interface RetryOutcome {
  /** Ids of the events that are in `events.v1` now. */
  readonly published: readonly string[]
  readonly still: readonly StillQuarantined[]
}

type Judged =
  | { readonly kind: 'good'; readonly event: StampedEvent }
  | { readonly kind: 'still'; readonly problem: StillQuarantined }

const DAY_MS = 86_400_000
const RECORDS_A_PUBLISH = 500

export interface QuarantineRetry {
  /**
   * Judges refused events again, as after a contract was mended, and publishes those that pass, with the event id, the
   * receipt and the people that they had: to the warehouse they are the events that were sent.
   * @throws Fault `log_unavailable`; publish the same rows again then, each counts once.
   */
  retryRefused(rows: readonly QuarantinedEvent[]): Promise<RetryOutcome>
  /** Publishes events again whose facts could not be written; whether they can be now is the loader's word. */
  retryAccepted(events: readonly StampedEvent[]): Promise<void>
}

export function createQuarantineRetry(deps: QuarantineRetryDeps): QuarantineRetry {
  const retryAccepted = async (events: readonly StampedEvent[]): Promise<void> => {
    for (let from = 0; from < events.length; from += RECORDS_A_PUBLISH) {
      const records = events
        .slice(from, from + RECORDS_A_PUBLISH)
        .map(withoutFindings)
        .map(eventRecord)
      await deps.log.publish([{ topic: EVENTS_TOPIC, records }])
    }
  }
  return {
    retryAccepted,
    async retryRefused(rows) {
      const judged = rows.map((row) => judgeAgain(row, deps))
      const good = judged.flatMap((fate) => (fate.kind === 'good' ? [fate.event] : []))
      await retryAccepted(good)
      return {
        published: good.map(({ eventId }) => eventId),
        still: judged.flatMap((fate) => (fate.kind === 'still' ? [fate.problem] : [])),
      }
    },
  }
}

/** They were counted when the event came into quarantine. */
function withoutFindings({ findings: _f, ...event }: StampedEvent): StampedEvent {
  return event
}

function judgeAgain(row: QuarantinedEvent, deps: QuarantineRetryDeps): Judged {
  const { scrubber, keys, maxEventAgeDays, analyticsCategories = DEFAULT_CATEGORIES } = deps
  const { eventId, code } = row
  if (eventId === undefined || code === 'id_conflict' || isNotAsSent(row)) return still(row, row)
  const key = rightsOf(row, keys)
  const batch = parseBatch({ batch: [asSent(row)], sentAt: row.sentAt }, { key })
  if (batch.kind !== 'batch') return still(row, { code: 'schema_invalid', path: '', detail: batch.detail })
  const [parsed] = batch.events
  if (parsed === undefined) return still(row, batch.rejected[0] ?? row)
  const { requestId, sentAt } = row
  const request = requestStamp({
    key: { ...key, canary: row.canary },
    requestId,
    receivedAt: new Date(row.receivedAt),
    sentAt,
  })
  const consent = consentOf(undefined, parsed.context.consent, analyticsCategories)
  const stamp = { eventId, consent, maxEventAgeMs: maxEventAgeDays * DAY_MS }
  const stamped = stampEvent(scrubAgain(parsed, row, scrubber), request, stamp)
  return stamped.kind === 'stamped'
    ? { kind: 'good', event: stamped.event }
    : still(row, { code: 'timestamp_out_of_range', path: 'originalTimestamp', detail: stamped.detail })
}

const MARK = /\[[a-z_]+\]/

/** What it was refused for is not kept as it was sent: judging what is kept in its place would prove nothing. */
function isNotAsSent({ code, path, people, event }: QuarantinedEvent): boolean {
  if (event === undefined) return true
  if (code !== 'schema_invalid') return false
  switch (path) {
    case 'userId':
      return people.userPerson !== undefined
    case 'anonymousId':
      return people.anonymousPerson !== undefined
    case 'previousId':
      return people.previousPersons !== undefined
    case 'event':
      return MARK.test(String((event as Partial<ParsedEvent> | undefined)?.event))
    default:
      return false
  }
}

/** The rights of the source's keys of this kind together; a source that has none left keeps those of the kind. */
function rightsOf({ source, keyKind, historical }: QuarantinedEvent, keys: readonly WriteKey[]): WriteKey {
  const own = keys.filter((key) => key.source === source && key.kind === keyKind)
  const restricted = own.length > 0 && own.every(({ events }) => events !== undefined)
  return {
    key: 'quarantine-retry',
    source,
    kind: keyKind,
    ...(restricted && { events: own.flatMap(({ events }) => events ?? []) }),
    ...((historical === true || own.some((key) => key.historical === true)) && { historical: true }),
  }
}

/** The stored event in the form of a sent one; the pseudonyms stand where the ids stood. */
function asSent({ event, messageId, people }: QuarantinedEvent): unknown {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return event
  return {
    ...event,
    messageId,
    userId: people.userPerson,
    anonymousId: people.anonymousPerson,
    previousId: people.previousPersons?.[0],
  }
}

/** The people are pseudonyms already; what the agent said was read, and what was found counted, when the event came. */
function scrubAgain(parsed: ParsedEvent, row: QuarantinedEvent, scrubber: Scrubber): ScrubbedEvent {
  const { keyKind, source } = row
  const {
    bot: readNow,
    retired: _r,
    findings: _counted,
    ...scrubbed
  } = scrubber.scrubEvent(parsed, { keyKind, source, again: true })
  const bot = keyKind === 'public' ? row.bot : readNow
  return {
    ...scrubbed,
    messageId: parsed.messageId,
    ...row.people,
    ...(bot !== undefined && { bot }),
  }
}

function still(
  { eventId }: QuarantinedEvent,
  { code, path, detail }: Omit<StillQuarantined, 'eventId'>,
): Judged {
  return { kind: 'still', problem: { ...(eventId !== undefined && { eventId }), code, path, detail } }
}
