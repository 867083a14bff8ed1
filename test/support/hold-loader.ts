import { createPostgresLog } from '@millrace/event-log/postgres'
import { createLoader } from '@millrace/loader/create-loader'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { createPool } from '@millrace/warehouse/database'
import { emptySpool } from './empty-spool.ts'

// A loader to be killed: as services/loader runs it, but with small batches, so that there is a middle to be killed in.
const [url = '', maxRecords = '', timeZone = ''] = process.argv.slice(2)
const logger = createLogger({ service: 'loader', level: 'error' })
const role = 'millrace_loader'
const pool = createPool({ url, role, name: 'loader' })
const log = createPostgresLog({ connection: url, clientName: 'loader', role, now: () => new Date() })
const registry = createServiceMetrics()
await createLoader({
  ...{ pool, log, archive: emptySpool, timeZone, now: () => new Date() },
  ...{ maxRecords: Number(maxRecords), logger, registry },
})
process.stdout.write('loading\n')
