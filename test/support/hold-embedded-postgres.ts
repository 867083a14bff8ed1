import { startEmbeddedPostgres } from '@millrace/runtime/embedded-postgres'
import { createLogger } from '@millrace/runtime/logger'

// A process of its own for the tests that kill it or run it as another user: says what it got, then waits.
const { url, port, adopted, close } = await startEmbeddedPostgres({
  dataDir: process.argv[2] ?? '',
  logger: createLogger({ service: 'test', level: 'warn' }),
})
process.once('SIGTERM', () => void close().then(() => process.exit(0)))
process.stdout.write(`${JSON.stringify({ url, port, adopted })}\n`)
setInterval(() => {}, 60_000)
