import { createFolderArchive } from '@millrace/archive/folder'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { createBullmqQueue } from '@millrace/job-queue/bullmq'
import { createApplyRetentionJob } from '@millrace/jobs/apply-retention-job'
import { createJobs } from '@millrace/jobs/create-jobs'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { createPool } from '@millrace/warehouse/database'

// A jobs process to be killed: retention alone, and taken over after 3 s instead of 30.
const [databaseUrl = '', redisUrl = '', prefix = '', folder = '', today = ''] = process.argv.slice(2)
const now = (): Date => new Date(`${today}T12:00:00.000Z`)
const logger = createLogger({ service: 'jobs', level: 'error' })
const role = 'millrace_jobs'
const pool = createPool({ url: databaseUrl, role, name: 'jobs' })
const log = createPostgresLog({ connection: databaseUrl, clientName: 'jobs', role, now })
const archive = createFolderArchive({ folder })
const queue = createBullmqQueue({ url: redisUrl, prefix, holdSeconds: 3, onError: () => {} })
const keepDays = { facts: 31 }
const job = createApplyRetentionJob({ ...{ pool, archive, log, keepDays, timeZone: 'UTC', logger, now } })
await createJobs({ jobs: [job], queue, pool, logger, registry: createServiceMetrics(), now })
process.stdout.write('working\n')
