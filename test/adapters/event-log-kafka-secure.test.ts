import { createKafkaLog, type KafkaLogOptions } from '@millrace/event-log/kafka'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { installKafka } from '../support/servers/install-kafka.ts'
import { type SecureKafka, startSecureKafka } from '../support/servers/start-secure-kafka.ts'
import { describeWith } from '../support/servers.ts'
import { collect, makeTopic, record } from './event-log-suite.ts'

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const

await describeWith(installKafka, 'Kafka', () => {
  let kafka: SecureKafka
  beforeAll(async () => {
    kafka = await startSecureKafka()
  }, 120_000)
  afterAll(() => kafka?.stop())

  function open(brokers: string, options: Partial<KafkaLogOptions>) {
    const log = createKafkaLog({
      ...{ brokers: [brokers], clientName: 'test', publishTimeoutMs: 10_000, now: () => new Date() },
      ...options,
    })
    onTestFinished(() => log.close())
    return log
  }

  async function expectToWork(brokers: string, options: Partial<KafkaLogOptions>): Promise<void> {
    const log = open(brokers, options)
    const topic = await makeTopic(log, 1)
    await log.publish([{ topic, records: [record('k', 'v')] }])
    expect(await collect(log, { topics: [topic], group: 'g' }, 1)).toMatchObject([{ value: 'v' }])
  }

  test.each(MECHANISMS)('who signs in with %s publishes and consumes', async (mechanism) => {
    const { username, password } = kafka
    await expectToWork(kafka.sasl, { sasl: { mechanism, username, password } })
  })

  test('TLS with the brokers’ certificate authority, alone and with a password', async () => {
    const { username, password, ca } = kafka
    await expectToWork(kafka.tls, { tls: { ca } })
    const sasl = { mechanism: 'scram-sha-512', username, password } as const
    await expectToWork(kafka.saslTls, { tls: { ca }, sasl })
  })

  test('brokers whose certificate nobody known has signed are not believed', async () => {
    const log = open(kafka.tls, { tls: {} })
    await expect(log.publish([{ topic: 't', records: [record('k', 'v')] }])).rejects.toThrow('certificate')
  })

  test.each(MECHANISMS)('a wrong password is refused by %s, and said without it', async (mechanism) => {
    const problems: string[] = []
    const sasl = { mechanism, username: kafka.username, password: 'not-the-password' }
    const log = open(kafka.sasl, {
      sasl,
      onError: (message, error) => problems.push(`${message}: ${(error as Error).message}`),
    })
    const refused = await log.identity().catch((error: Error) => error)
    expect(refused).toMatchObject({ code: 'log_unavailable' })
    const consumer = await log.consume({ topics: ['t'], group: 'g', handle: async () => undefined })
    await consumer.close()
    for (const text of [String(refused), problems.join()]) {
      expect(text).toContain('KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD')
      expect(text).toMatch(/authentication failed/i)
      expect(text).not.toContain('not-the-password')
      expect(text).not.toContain(kafka.password)
    }
  })
})
