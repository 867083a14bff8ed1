import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog } from '@millrace/event-log/event-log'
import type { LogEnd } from './canary-rounds.ts'

/** Where the topics end in which a canary may stand. */
export async function readLogEnds(log: Pick<EventLog, 'ranges'>): Promise<readonly LogEnd[]> {
  const ends = await Promise.all(
    [EVENTS_TOPIC, QUARANTINE_TOPIC].map(async (topic) =>
      (await log.ranges(topic)).map(({ partition, nextOffset }) => ({ topic, partition, nextOffset })),
    ),
  )
  return ends.flat()
}
