import type { EventLog } from '@millrace/event-log/event-log'
import { readPartitionEnds } from '../read-partition-ends.ts'
import type { LogEnd } from './canary-rounds.ts'

/** Where the topics end in which a canary may stand. */
export async function readLogEnds(log: Pick<EventLog, 'ranges'>): Promise<readonly LogEnd[]> {
  const ends = await readPartitionEnds(log)
  return ends.map(({ topic, partition, nextOffset }) => ({ topic, partition, nextOffset }))
}
