import type { Archive } from '@millrace/archive/archive'
import { readRange } from '@millrace/archive/list-archived'
import { listRawObjects } from '@millrace/archive/list-raw-objects'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog } from '@millrace/event-log/event-log'
import { readCompacted } from '../compact/compaction-position.ts'
import type { SeenPartition } from '../create-account-reader.ts'

export interface DeleteRawOptions {
  readonly archive: Archive
  readonly log: Pick<EventLog, 'ranges'>
  readonly topic: string
  /** Objects whose first record was received before this UTC hour, as `2026-11-21T12`, go. */
  readonly beforeHour: string
  /** What the last reconciliation saw of the topic. */
  readonly reconciled: readonly SeenPartition[]
  readonly signal: AbortSignal
}

/**
 * Deletes the oldest objects of each partition in order of their offsets, and never one whose records the log still
 * holds, the ledger does not account for, or Parquet has not got yet: reconcile finds no gap after it. A partition's last
 * object stays. Returns how many went.
 */
export async function deleteRawObjects(options: DeleteRawOptions): Promise<number> {
  const { archive, log, topic, signal } = options
  const kept = new Map(
    (await log.ranges(topic)).map(({ partition, firstOffset }) => [partition, firstOffset]),
  )
  let deleted = 0
  for (const [partition, objects] of await listRawObjects(archive, topic)) {
    const until = await mayGoUntil(options, partition, kept.get(partition) ?? 0)
    for (const object of objects.slice(0, -1)) {
      signal.throwIfAborted()
      if (object.receivedHour >= options.beforeHour) break
      const range = await readRange(archive, object.key)
      if (range && range.lastOffset >= until) break
      await archive.delete(object.key)
      deleted += 1
    }
  }
  return deleted
}

/** The first offset that has to stay. */
async function mayGoUntil(
  { archive, topic, reconciled }: DeleteRawOptions,
  partition: number,
  firstInLog: number,
): Promise<number> {
  const ledger = reconciled.find((seen) => seen.partition === partition)?.ledger ?? []
  const [oldest] = [...ledger].sort((a, b) => a.from - b.from)
  const accounted = oldest ? oldest.to + 1 : 0
  const compacted = topic === EVENTS_TOPIC ? await readCompacted(archive, topic, partition) : accounted
  return Math.min(firstInLog, accounted, compacted)
}
