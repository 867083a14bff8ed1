import type { Archive } from '@millrace/archive/archive'
import type { ParquetRow } from '@millrace/archive/parquet/parquet-columns'
import { parquetKey } from '@millrace/archive/parquet/parquet-key'
import { mergeDay } from './merge-day.ts'

/** Events of one partition by business date, and the offset up to which they are all of it. */
export interface DaysToMerge {
  readonly topic: string
  readonly partition: number
  readonly days: ReadonlyMap<string, readonly ParquetRow[]>
  readonly nextOffset: number
}

/** Each waits for its store most of the time: on a disk eight at once are ten times as fast as one by one. */
const SMALL_AT_ONCE = 8
/** A file is in memory twice while it is replaced: a larger one is replaced alone. */
const SMALL_BYTES = 4 * 1024 * 1024

/** Merges every day. `merged` is told of each how many events were new. */
export async function mergeDays(
  archive: Archive,
  { topic, partition, days, nextOffset }: DaysToMerge,
  merged: (events: number) => Promise<void>,
): Promise<void> {
  const merge = async (businessDate: string): Promise<void> => {
    const rows = days.get(businessDate) ?? []
    await merged(await mergeDay(archive, { topic, partition, businessDate }, rows, nextOffset))
  }
  const large: string[] = []
  await eightAtOnce([...days.keys()], async (businessDate) => {
    const there = await archive.head(parquetKey({ topic, partition, businessDate }))
    if ((there?.size ?? 0) > SMALL_BYTES) large.push(businessDate)
    else await merge(businessDate)
  })
  for (const businessDate of large) await merge(businessDate)
}

/** After a failure nothing new is begun; it is thrown when what was under way has ended. */
async function eightAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const runners = Array.from({ length: SMALL_AT_ONCE }, async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        await work(item)
      } catch (error) {
        waiting.length = 0
        throw error
      }
    }
  })
  const ended = await Promise.allSettled(runners)
  const failed = ended.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}
