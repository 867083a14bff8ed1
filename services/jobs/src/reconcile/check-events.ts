import type { ArchivedRecord } from '@millrace/archive/read-records'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { type LedgerEntry, readLedgerBetween } from '@millrace/warehouse/read-ledger'
import { type KnownEvent, readKnownEvents, readQuarantined } from '@millrace/warehouse/reconcile-facts'
import type { Finding, FindingStore } from '@millrace/warehouse/reconcile-findings'
import type { BusinessDate } from '@millrace/warehouse/to-facts'
import type { Pool } from 'pg'
import { judgeEvent } from '../judge-event.ts'

export interface CheckEventsDeps {
  readonly pool: Pool
  readonly businessDate: BusinessDate
  /** Facts of earlier days are not looked for. */
  readonly factsDeletedBefore: string | undefined
}

/** Records of one object of events.v1, in order of offset. */
export interface ObjectRecords {
  readonly topic: string
  readonly partition: number
  readonly object: string
  readonly records: readonly ArchivedRecord[]
}

interface Evidence extends Pick<CheckEventsDeps, 'factsDeletedBefore'> {
  readonly ledger: readonly LedgerEntry[]
  readonly quarantined: ReadonlySet<number>
}

interface Suspect {
  readonly offset: number
  readonly event: StampedEvent
  readonly businessDate: string
}

/**
 * Looks in the warehouse for each record that the ledger calls done: its id in event_seen, its row in fact_event, or
 * itself in quarantine. Where retention or an erasure may have taken what is looked for, nothing is said.
 */
export async function checkEvents(deps: CheckEventsDeps, held: ObjectRecords): Promise<Finding[]> {
  const { pool, businessDate } = deps
  const { topic, partition, object, records } = held
  const [from, to] = [records.at(0)?.offset, records.at(-1)?.offset]
  if (from === undefined || to === undefined) return []
  const ledger = await readLedgerBetween(pool, { topic, partition, from, to })
  const quarantined = await readQuarantined(pool, { topic, partition, ...spanOf(ledger) })
  const suspects: Suspect[] = []
  const findings: Finding[] = []
  for (const record of records) {
    const { offset } = record
    if (record.erased || quarantined.has(offset) || !entryOf(ledger, offset)) continue
    const judged = judgeEvent(record.event, businessDate)
    if (judged.kind === 'fact')
      suspects.push({ offset, event: judged.event, businessDate: judged.row.businessDate })
  }
  const known = await readKnownEvents(
    pool,
    suspects.map(({ event, businessDate: day }) => ({ ...event, businessDate: day })),
  )
  suspects.forEach((suspect, index) => {
    const store = missingIn(suspect, known[index] as KnownEvent, { ...deps, ledger, quarantined })
    const { offset, event } = suspect
    if (store)
      findings.push({
        ...{ store, problem: 'missing', topic, partition, from: offset, to: offset, object },
        eventId: event.eventId,
      })
  })
  return joinNeighbours(findings)
}

/** In order of offset. Where a store lost millions, they are a finding an object: only one that is alone has its id. */
function joinNeighbours(findings: readonly Finding[]): Finding[] {
  const joined: Finding[] = []
  for (const finding of findings) {
    const last = joined.at(-1)
    if (last?.store === finding.store && last.to + 1 === finding.from) {
      const { eventId: _, ...range } = last
      joined[joined.length - 1] = { ...range, to: finding.to }
    } else joined.push(finding)
  }
  return joined
}

/** The store that should know this event, which is not in quarantine, and does not. */
function missingIn(
  { offset, businessDate }: Suspect,
  { claim, hasFact }: KnownEvent,
  { ledger, quarantined, factsDeletedBefore }: Evidence,
): FindingStore | undefined {
  if (factsDeletedBefore !== undefined && businessDate < factsDeletedBefore) return undefined
  const entry = entryOf(ledger, offset)
  if (!entry || entry.erased > 0) return undefined
  if (claim === 'same') return hasFact ? undefined : 'facts'
  const stillThere = [...quarantined].filter((at) => entry.from <= at && at <= entry.to).length
  // Fewer than were put there: this one may be among those that are kept no longer.
  if (stillThere < entry.quarantined) return undefined
  return claim === 'other' ? 'quarantine' : 'event_seen'
}

/** All offsets that the entries speak of. */
function spanOf(ledger: readonly LedgerEntry[]) {
  return { from: ledger.at(0)?.from ?? 0, to: ledger.at(-1)?.to ?? -1 }
}

function entryOf(ledger: readonly LedgerEntry[], offset: number): LedgerEntry | undefined {
  return ledger.find(({ from, to }) => from <= offset && offset <= to)
}
