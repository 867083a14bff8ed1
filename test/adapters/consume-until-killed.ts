import { appendFileSync } from 'node:fs'
import { createKafkaLog } from '@millrace/event-log/kafka'
import { createPostgresLog } from '@millrace/event-log/postgres'

/**
 * A process to be killed: consumes a topic slowly and writes what it handles to a file, a line a record. The log is a
 * connection string of Postgres, or the options of a Kafka log as JSON.
 */
const [where = '', topic = '', group = '', file = ''] = process.argv.slice(2)
const common = { clientName: 'victim', now: () => new Date() }
const log = where.startsWith('{')
  ? createKafkaLog({ ...JSON.parse(where), ...common })
  : createPostgresLog({ connection: where, ...common })
await log.consume({
  topics: [topic],
  group,
  maxRecords: 20,
  async handle({ partition, records }) {
    const lines = records.map(({ offset }) => `${partition} ${offset}\n`)
    appendFileSync(file, lines.slice(0, lines.length / 2).join(''))
    await new Promise((resolve) => setTimeout(resolve, 10))
    appendFileSync(file, lines.slice(lines.length / 2).join(''))
  },
})
