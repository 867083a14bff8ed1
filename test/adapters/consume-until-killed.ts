import { appendFileSync } from 'node:fs'
import { createPostgresLog } from '@millrace/event-log/postgres'

/** A process to be killed: consumes a topic slowly and writes what it handles to a file, a line a record. */
const [connection = '', topic = '', group = '', file = ''] = process.argv.slice(2)
const log = createPostgresLog({ connection, clientName: 'victim', now: () => new Date() })
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
