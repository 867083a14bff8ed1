import { randomBytes } from 'node:crypto'
import { inspectTopics } from '@millrace/event-log/inspect-topics'
import { createAdmin } from '@millrace/event-log/kafka/create-admin'
import { openLog } from '@millrace/event-log/open-log'
import { inspectRedis } from '@millrace/job-queue/inspect-redis'
import { expect, onTestFinished, test } from 'vitest'
import { askTcp } from '../support/servers/ask-tcp.ts'
import { freePort } from '../support/servers/free-ports.ts'
import { installRedis } from '../support/servers/install-redis.ts'
import { startRedis } from '../support/servers/start-redis.ts'
import { describeWith, testKafka } from '../support/servers.ts'

await describeWith(testKafka, 'What doctor sees of topics', ({ brokers }) => {
  const config = () => ({
    KAFKA_BROKERS: brokers.split(','),
    KAFKA_PREFIX: `test-${randomBytes(6).toString('hex')}.`,
    LOG_RETENTION_HOURS: 168,
  })

  test('one that the log made is good, one that is not there has no partitions', async () => {
    const own = config()
    const log = await openLog(own, { clientName: 'test', now: () => new Date() })
    onTestFinished(() => log.close())
    await log.ensureTopics([{ topic: 'events.v1', partitions: 3, retentionHours: 168 }])
    expect(await inspectTopics(own, ['events.v1', 'quarantine.v1'])).toEqual([
      { topic: `${own.KAFKA_PREFIX}events.v1`, partitions: 3, warnings: [] },
      { topic: `${own.KAFKA_PREFIX}quarantine.v1`, partitions: 0, warnings: [] },
    ])
  })

  test('one that somebody made to forget events is warned of, for each way', async () => {
    const own = config()
    const admin = createAdmin({ brokers: own.KAFKA_BROKERS, clientId: 'test' }, 5_000)
    onTestFinished(() => admin.close())
    const settings = {
      'cleanup.policy': 'compact,delete',
      'retention.ms': '3600000',
      'unclean.leader.election.enable': 'true',
    }
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }))
    await admin.ask((kafka) =>
      kafka.createTopics({ topics: [{ topic: `${own.KAFKA_PREFIX}events.v1`, configEntries }] }),
    )
    const [found] = await inspectTopics(own, ['events.v1'])
    expect(found?.warnings).toEqual([
      expect.stringContaining('cleanup.policy compact,delete'),
      expect.stringContaining('unclean.leader.election.enable'),
      'keeps events for 1 h, LOG_RETENTION_HOURS is 168',
    ])
  })
})

await describeWith(installRedis, 'What doctor sees of Redis', () => {
  test('one that keeps its keys is good, one that may evict them is warned of, one that is away throws', async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    expect(await inspectRedis(server.url)).toEqual([])
    await askTcp(new URL(server.url).host, 'CONFIG SET maxmemory-policy allkeys-lru\r\n')
    expect(await inspectRedis(server.url)).toEqual([
      expect.stringContaining('maxmemory-policy is allkeys-lru'),
    ])
    const away = `redis://127.0.0.1:${await freePort()}`
    await expect(inspectRedis(away)).rejects.toMatchObject({ code: 'queue_unavailable' })
  })
})
