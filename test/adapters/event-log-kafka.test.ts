import { randomBytes } from 'node:crypto'
import { createKafkaLog, type KafkaLogOptions } from '@millrace/event-log/kafka'
import { describeWith, testKafka } from '../support/servers.ts'
import { describeEventLog } from './event-log-suite.ts'

/** Groups of other runs have the same names. */
const prefix = `${randomBytes(4).toString('hex')}.`

await describeWith(testKafka, 'Kafka', ({ brokers }) => {
  const createLog = (options: Partial<KafkaLogOptions> = {}) =>
    createKafkaLog({
      brokers: brokers.split(','),
      clientName: 'test',
      prefix,
      now: () => new Date(),
      ...options,
    })

  describeEventLog('Kafka', async () => createLog())
})
