import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Archive } from '@millrace/archive/archive'
import { countSpooled } from '@millrace/archive/spool'
import type { EventLog } from '@millrace/event-log/event-log'
import { eventIdOf } from '@millrace/ingest-api/event-id'
import { event, post, SECRET_KEY, startIngest } from '@millrace/ingest-api/ingest-fixture'
import { createReplaySpoolJob } from '@millrace/jobs/replay-spool-job'
import { createLoader } from '@millrace/loader/create-loader'
import { createLogger } from '@millrace/runtime/logger'
import { repeat } from '@millrace/runtime/repeat'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { createPool } from '@millrace/warehouse/database'
import { readWatermark } from '@millrace/warehouse/watermark'
import type { Pool } from 'pg'
import { onTestFinished, vi } from 'vitest'
import { createTestDatabase } from './test-database.ts'

export interface StageParts {
  readonly databaseUrl: string
  readonly archiveFolder: string
}

export interface Answered {
  readonly messageId: string
  readonly status: number
  readonly retryAfter: string | null
  readonly tookMs: number
  readonly answeredAt: number
}

/** API, loader and the spool's job on a log and an archive that a test takes away and gives back. */
export interface SpoolingStage extends StageParts {
  readonly pool: Pool
  readonly answers: Answered[]
  /** Posts one event; again with the same id where one is given. */
  send(messageId?: string): Promise<Answered>
  /** Sends from so many clients at once, one event after the other, until it is stopped and all are answered. */
  startSending(clients: number): { stop(): Promise<void> }
  accepted(): readonly string[]
  spooled(): Promise<number>
  /** Ids in the facts, ascending, each as often as it is there. */
  facts(): Promise<readonly string[]>
  /** Events whose acceptance was known before the watermark of that moment, and that were not in the facts: none, ever. */
  readonly passedByWatermark: string[]
  watermark(): Promise<Date | undefined>
}

const now = (): Date => new Date()

export async function openSpoolingStage(
  openLog: (parts: StageParts, role: string) => EventLog,
  openArchive: (parts: StageParts) => Archive,
): Promise<SpoolingStage> {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const archiveFolder = await mkdtemp(path.join(tmpdir(), 'millrace-spooling-'))
  onTestFinished(() => rm(archiveFolder, { recursive: true, force: true }))
  const parts = { databaseUrl: database.url, archiveFolder }
  const logger = createLogger({ service: 'test', level: 'silent' })
  const open = (role: string): EventLog => {
    const log = openLog(parts, role)
    onTestFinished(() => log.close())
    return log
  }
  const archive = openArchive(parts)
  onTestFinished(() => archive.close())

  const log = open('millrace_ingest')
  const topics = ['events.v1', 'quarantine.v1'].map((topic) => ({ topic, partitions: 4, retentionHours: 1 }))
  // A Kafka that has only just started may need a moment.
  await vi.waitFor(() => log.ensureTopics(topics), { timeout: 20_000, interval: 200 })
  const api = await startIngest({ log, archive, now })
  onTestFinished(() => api.close())
  const pool = createPool({ url: database.url, role: 'millrace_loader', name: 'test' })
  onTestFinished(() => pool.end())
  const loader = await createLoader({
    ...{ pool, log: open('millrace_loader'), archive, timeZone: 'UTC', now, logger },
    registry: createServiceMetrics(),
  })
  onTestFinished(() => loader.close())
  const job = createReplaySpoolJob({ log, archive, logger, registry: createServiceMetrics(), now })
  const signal = new AbortController().signal
  const replay = repeat(
    async () =>
      void (await job.run({
        id: '1',
        name: job.name,
        data: {},
        attempt: 1,
        progress: async () => {},
        signal,
      })),
    { seconds: 0.2, onError: () => undefined },
  )
  void replay.next()
  onTestFinished(() => replay.close())

  const answers: Answered[] = []
  const passedByWatermark: string[] = []
  const facts = async (): Promise<readonly string[]> => {
    const { rows } = await database.pool.query<{ id: string }>(
      'select event_id as id from warehouse.fact_event order by 1',
    )
    return rows.map(({ id }) => id)
  }
  const accepted = (): readonly string[] => answers.flatMap(acceptedId)
  let checked = 0
  const checking = repeat(
    async () => {
      const watermark = (await readWatermark(database.pool))?.getTime() ?? 0
      const due = answers.slice(checked).findIndex(({ answeredAt }) => answeredAt >= watermark)
      const until = due === -1 ? answers.length : checked + due
      const ids = answers.slice(checked, until).flatMap(acceptedId)
      checked = until
      const { rows } = await database.pool.query<{ id: string }>(
        `select id from unnest($1::uuid[]) as id
         where not exists (select from warehouse.fact_event where event_id = id)`,
        [ids],
      )
      passedByWatermark.push(...rows.map(({ id }) => id))
    },
    { seconds: 0.1, onError: () => undefined },
  )
  void checking.next()
  onTestFinished(() => checking.close())

  async function send(messageId: string = crypto.randomUUID()): Promise<Answered> {
    const sentAt = performance.now()
    const body = event({ messageId, originalTimestamp: new Date().toISOString() })
    const { status, headers } = await post(`${api.url}/v1/events`, body, { 'X-Write-Key': SECRET_KEY.key })
    const answer = {
      ...{ messageId, status, retryAfter: headers.get('retry-after') },
      ...{ tookMs: performance.now() - sentAt, answeredAt: Date.now() },
    }
    answers.push(answer)
    return answer
  }

  return {
    ...{ ...parts, pool: database.pool, answers, send, accepted, facts, passedByWatermark },
    startSending(clients) {
      let stopped = false
      const client = async (): Promise<void> => {
        while (!stopped) await send()
      }
      const sending = Promise.all(Array.from({ length: clients }, client))
      return {
        async stop() {
          stopped = true
          await sending
        },
      }
    },
    spooled: () => countSpooled(archive),
    watermark: () => readWatermark(database.pool),
  }
}

/** The id that the facts have it by. */
function acceptedId({ status, messageId }: Answered): readonly string[] {
  return status === 202 ? [eventIdOf(SECRET_KEY.source, messageId)] : []
}
