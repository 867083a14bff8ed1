import { type ArchivedChoice, listArchived } from '@millrace/archive/list-archived'
import { readLedger, readLoadPositions } from '@millrace/warehouse/read-ledger'
import type { OffsetRange, PartitionEvidence } from '@millrace/warehouse/reconcile'
import type { AccountReaderDeps, SeenPartition, TopicEnds } from '../create-account-reader.ts'

/** The consumer group of the archiver; it commits what it has put into the archive. */
const ARCHIVER_GROUP = 'archiver'

/**
 * What log, archive and ledger say of a topic's partitions up to the given ends: what was seen before, and what is new.
 * Positions are asked first, so that all that they claim is there when it is looked for.
 */
export async function readEvidence(
  deps: AccountReaderDeps,
  { topic, ranges }: TopicEnds,
  seen: readonly SeenPartition[],
  hours?: readonly string[],
): Promise<PartitionEvidence[]> {
  const { log, pool } = deps
  const archivedTo = byPartition(await log.positions(topic, ARCHIVER_GROUP), ({ nextOffset }) => nextOffset)
  const loadedTo = await readLoadPositions(pool, topic)
  const kept = byPartition(await log.ranges(topic), ({ firstOffset }) => firstOffset)
  const before = byPartition(seen, (partition) => partition)
  const behind = ranges.map(({ partition }): [number, number] => [
    partition,
    Math.max(-1, ...(before.get(partition)?.ledger ?? []).map(({ to }) => to)),
  ])
  const ledger = await readLedger(pool, topic, new Map(behind))
  const archived = await readArchived(deps, topic, before, hours)
  return ranges.map(({ partition, firstOffset, nextOffset }) => ({
    topic,
    partition,
    firstOffset: kept.get(partition) ?? firstOffset,
    nextOffset,
    archivedTo: archivedTo.get(partition),
    loadedTo: loadedTo.get(partition),
    archived: [...(before.get(partition)?.archived ?? []), ...(archived.get(partition) ?? [])],
    ledger: [
      ...(before.get(partition)?.ledger ?? []),
      ...ledger.filter((entry) => entry.partition === partition),
    ],
  }))
}

/** Ranges of the objects that were not seen before. */
async function readArchived(
  { archive }: AccountReaderDeps,
  topic: string,
  before: ReadonlyMap<number, SeenPartition>,
  hours?: readonly string[],
): Promise<ReadonlyMap<number, readonly OffsetRange[]>> {
  const choice: ArchivedChoice = {
    ...(hours && { hours }),
    wanted: ({ partition, firstOffset }) =>
      !before.get(partition)?.archived.some(({ from, to }) => from <= firstOffset && firstOffset <= to),
  }
  const found = new Map<number, OffsetRange[]>()
  for await (const { partition, firstOffset, lastOffset } of listArchived(archive, topic, choice)) {
    const ranges = found.get(partition) ?? []
    found.set(partition, ranges)
    ranges.push({ from: firstOffset, to: lastOffset })
  }
  return found
}

function byPartition<T extends { readonly partition: number }, V>(
  entries: readonly T[],
  pick: (entry: T) => V,
): ReadonlyMap<number, V> {
  return new Map(entries.map((entry) => [entry.partition, pick(entry)]))
}
