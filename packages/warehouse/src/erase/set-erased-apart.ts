import { eraseFromRecord, type IsErased, UUIDS } from '@millrace/contracts/erase-people'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import type { PoolClient } from 'pg'
import { type BusinessDate, toFacts } from '../to-facts.ts'
import type { FactBatch, FactRecord } from '../write/fact-batch.ts'
import { readTombstones, wasErasedSince } from './read-tombstones.ts'

export interface WithoutErased {
  /** What is left of the batch: others' events, without the erased persons in them. */
  readonly batch: FactBatch
  /** Events that are gone; their ids are to be claimed, so that the same event sent again is a repeated one. */
  readonly claims: readonly FactRecord[]
  /** How many records are gone. */
  readonly erased: number
}

/**
 * Takes out of a batch what was received of a person before it was erased. To be called behind the lock that every load
 * shares and that an erasure takes alone for its tombstones (facts-kept.ts): a load has either ended before there were
 * tombstones, and its facts are among those that the erasure deletes afterwards, or it sees them here.
 */
export async function setErasedApart(
  tx: PoolClient,
  batch: FactBatch,
  businessDate: BusinessDate,
): Promise<WithoutErased> {
  const untouched = { batch, claims: [], erased: 0 }
  if (!(await wasErasedSince(tx, leastReceivedAt(batch)))) return untouched
  const isErased = await readTombstones(tx, uuidsOf(batch))
  const facts = batch.facts.map((record) => ({ record, left: factLeft(record, isErased, businessDate) }))
  const claims = facts.flatMap(({ record, left }) => (left ? [] : [record]))
  const rest = {
    ...batch,
    facts: facts.flatMap(({ left }) => left ?? []),
    dead: withoutErased(batch.dead, isErased),
    rejected: withoutErased(batch.rejected, isErased),
  }
  const erased = claims.length + lengthsOf(batch) - lengthsOf(rest)
  return { batch: rest, claims, erased }
}

function lengthsOf({ dead, rejected }: FactBatch): number {
  return dead.length + rejected.length
}

/** Records that could not be read do not say when they were received. */
function leastReceivedAt({ facts, dead, rejected }: FactBatch): string {
  if (dead.length + rejected.length > 0) return '-infinity'
  let least = 'infinity'
  for (const { facts: of } of facts) if (of.event.receivedAt < least) least = of.event.receivedAt
  return least
}

function uuidsOf({ facts, dead, rejected }: FactBatch): string[] {
  const uuids = new Set<string>()
  for (const { value } of [...facts, ...dead, ...rejected]) {
    for (const uuid of value.match(UUIDS) ?? []) uuids.add(uuid)
  }
  return [...uuids]
}

/** Undefined when nothing is left. */
function factLeft(
  record: FactRecord,
  isErased: IsErased,
  businessDate: BusinessDate,
): FactRecord | undefined {
  const left = eraseFromRecord(record, isErased)
  if (left.kind === 'kept') return record
  if (left.kind === 'erased') return undefined
  const mapped = toFacts(JSON.parse(left.value) as StampedEvent, businessDate)
  return mapped.kind === 'facts' ? { ...record, value: left.value, facts: mapped.facts } : undefined
}

function withoutErased<T extends { readonly value: string }>(
  records: readonly T[],
  isErased: IsErased,
): readonly T[] {
  return records.flatMap((record) => {
    const left = eraseFromRecord(record, isErased)
    if (left.kind === 'erased') return []
    return [left.kind === 'kept' ? record : { ...record, value: left.value }]
  })
}
