import type { EventLog } from '@millrace/event-log/event-log'
import { LOG_TOPICS, type PartitionEnd, readPartitionEnds } from '../read-partition-ends.ts'

export interface WaitDeps {
  readonly log: Pick<EventLog, 'ranges' | 'positions'>
  readonly waitSeconds: number
  readonly now: () => Date
  readonly sleep: (ms: number) => Promise<void>
}

/** Records that a group has not come to. */
export interface Behind {
  readonly topic: string
  readonly partition: number
  readonly records: number
}

const LOOK_EVERY_MS = 200

/** Waits until a consumer group has handled what the log holds, or held at these ends; returns what it has not in time. */
export async function waitForGroup(
  { log, waitSeconds, now, sleep }: WaitDeps,
  group: string,
  ends?: readonly PartitionEnd[],
): Promise<readonly Behind[]> {
  const deadline = now().getTime() + waitSeconds * 1_000
  const until = ends ?? (await readPartitionEnds(log))
  for (;;) {
    const behind = await readBehind(log, group, until)
    if (behind.length === 0 || now().getTime() >= deadline) return behind
    await sleep(LOOK_EVERY_MS)
  }
}

async function readBehind(
  log: WaitDeps['log'],
  group: string,
  ends: readonly PartitionEnd[],
): Promise<readonly Behind[]> {
  const positions = new Map<string, number>()
  const ranges = new Map<string, number>()
  for (const topic of LOG_TOPICS) {
    for (const { partition, nextOffset } of await log.positions(topic, group))
      positions.set(`${topic}/${partition}`, nextOffset)
    for (const { partition, firstOffset } of await log.ranges(topic))
      ranges.set(`${topic}/${partition}`, firstOffset)
  }
  return ends.flatMap(({ topic, partition, nextOffset }) => {
    const at = `${topic}/${partition}`
    // What the log keeps no longer, nobody comes to.
    const reached = Math.max(positions.get(at) ?? 0, ranges.get(at) ?? 0)
    return reached < nextOffset ? [{ topic, partition, records: nextOffset - reached }] : []
  })
}
