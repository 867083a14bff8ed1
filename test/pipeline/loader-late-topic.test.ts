import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { ConsumeOptions, EventLog, PartitionRange } from '@millrace/event-log/event-log'
import { createLoader } from '@millrace/loader/create-loader'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { IN_FLIGHT } from '@millrace/warehouse/load-position'
import { readWatermark } from '@millrace/warehouse/watermark'
import { expect, onTestFinished, test } from 'vitest'
import { emptySpool } from '../support/empty-spool.ts'
import { createTestDatabase } from '../support/test-database.ts'

test('of a topic that is made after the loader has started, nothing is complete before each partition was looked at', async () => {
  const { pool, drop } = await createTestDatabase()
  onTestFinished(drop)
  const { log, makeTopic, tellEnd } = fakeLog()
  await createLoader({
    pool,
    log,
    archive: emptySpool,
    now: () => new Date('2026-11-21T11:59:59Z'),
    timeZone: 'UTC',
    logger: createLogger({ service: 'test', level: 'silent' }),
    registry: createServiceMetrics(),
  })
  makeTopic(2)
  await tellEnd(0, '2026-11-21T12:00:00Z')
  expect(await readWatermark(pool)).toBeUndefined()
  await tellEnd(1, '2026-11-21T12:00:10Z')
  expect(IN_FLIGHT).toBe('5 seconds')
  // The spool was looked at a second before the end of the log.
  expect(await readWatermark(pool)).toEqual(new Date('2026-11-21T11:59:54Z'))
})

/** An empty log that says what the test lets it say. */
function fakeLog() {
  let ranges: readonly PartitionRange[] = []
  let consumer: ConsumeOptions | undefined
  const log: EventLog = {
    identity: async () => 'a-log',
    ensureTopics: async () => {},
    publish: async () => {},
    async consume(options) {
      consumer = options
      return { close: async () => {} }
    },
    read: async () => {},
    ranges: async (topic) => (topic === EVENTS_TOPIC ? ranges : []),
    positions: async () => [],
    keptFor: async () => undefined,
    close: async () => {},
  }
  return {
    log,
    makeTopic(partitions: number): void {
      ranges = Array.from({ length: partitions }, (_, partition) => ({
        partition,
        firstOffset: 0,
        nextOffset: 0,
      }))
    },
    tellEnd: async (partition: number, checkedAt: string) =>
      consumer?.endReached?.({
        topic: EVENTS_TOPIC,
        partition,
        nextOffset: 0,
        checkedAt: new Date(checkedAt),
      }),
  }
}
