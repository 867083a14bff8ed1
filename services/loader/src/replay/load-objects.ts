import { setTimeout as sleep } from 'node:timers/promises'
import type { ArchivedObject } from '@millrace/archive/choose-objects'
import type { LogBatch, LogRecord } from '@millrace/event-log/event-log'
import { isContention } from '@millrace/warehouse/is-contention'
import type { Positions } from '@millrace/warehouse/shadow/live-state'
import { type WantedDeps, wantedRecords } from './wanted-records.ts'

export interface LoadObjectsDeps extends WantedDeps {
  readonly topic: string
  /** The loader's own, into the shadow. */
  readonly loadBatch: (batch: LogBatch) => Promise<void>
  /** How many records of a partition the shadow holds: replayed ones have offsets of their own, without gaps. */
  readonly replayed: Map<number, number>
  /** Told after each object. */
  readonly onObject: () => void
}

const RECORDS_A_BATCH = 5_000
/** Partitions that are loaded at the same time. */
const PARTITIONS_AT_ONCE = 4

/** Loads what the objects hold between two positions, each partition in order of offset, several at a time. */
export async function loadObjects(
  deps: LoadObjectsDeps,
  objects: readonly ArchivedObject[],
  { from, until }: { readonly from: Positions; readonly until: Positions },
): Promise<void> {
  const waiting = [...new Set(objects.map(({ partition }) => partition))]
  async function loadNext(): Promise<void> {
    for (let partition = waiting.shift(); partition !== undefined; partition = waiting.shift()) {
      const own = objects.filter((object) => object.partition === partition)
      const span = { from: from.get(partition) ?? 0, until: until.get(partition) ?? 0 }
      await loadPartition(deps, partition, own, span)
    }
  }
  const ends = await Promise.allSettled(
    Array.from({ length: PARTITIONS_AT_ONCE }, () =>
      loadNext().catch((error: unknown) => {
        waiting.length = 0
        throw error
      }),
    ),
  )
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
}

async function loadPartition(
  deps: LoadObjectsDeps,
  partition: number,
  objects: readonly ArchivedObject[],
  span: { readonly from: number; readonly until: number },
): Promise<void> {
  let records: LogRecord[] = []
  for (const object of objects) {
    for await (const record of wantedRecords(deps, object, span)) {
      if (records.push(record) < RECORDS_A_BATCH) continue
      await load(deps, partition, records)
      records = []
    }
    deps.onObject()
  }
  if (records.length > 0) await load(deps, partition, records)
}

const MOST_TRIES = 20
const PAUSE_MS = 50

async function load(
  { topic, loadBatch, replayed }: LoadObjectsDeps,
  partition: number,
  records: readonly LogRecord[],
): Promise<void> {
  const first = replayed.get(partition) ?? 0
  const batch = {
    ...{ topic, partition },
    records: records.map((record, index) => ({ ...record, offset: first + index })),
  }
  for (let tries = 1; ; tries++) {
    try {
      await loadBatch(batch)
      break
    } catch (error) {
      if (!isContention(error) || tries === MOST_TRIES) throw error
      await sleep(PAUSE_MS)
    }
  }
  replayed.set(partition, first + records.length)
}
