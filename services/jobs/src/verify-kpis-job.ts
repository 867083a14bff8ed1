import type { JobData, RunningJob, Schedule } from '@millrace/job-queue/job-queue'
import { type StoredKpi, storedKpis } from '@millrace/kpis/kpi'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { type Difference, verifyKpi } from '@millrace/kpis/verify'
import type { Logger } from '@millrace/runtime/logger'
import { createBusinessDate } from '@millrace/warehouse/business-date'
import { readFilledKpis } from '@millrace/warehouse/pipeline-state'
import type { Pool } from 'pg'
import { Gauge, type Registry } from 'prom-client'
import type { Job } from './job.ts'
import { onConnection } from './on-connection.ts'

export interface VerifyKpisDeps {
  readonly pool: Pool
  readonly timeZone: string
  /** MILLRACE_DEFINITIONS */
  readonly definitions?: string | undefined
  readonly logger: Logger
  readonly registry: Registry
  readonly now: () => Date
}

const DAY_MS = 86_400_000
const RECENT_DAYS = 7
const SHOWN = 20

/** Each hour the days in which nearly everything changes, and on Sundays all that can be recomputed. */
export function createVerifyKpisJobs(deps: VerifyKpisDeps): readonly Job[] {
  const { timeZone, registry, now } = deps
  const businessDate = createBusinessDate(timeZone)
  const differences = new Gauge({
    name: 'millrace_kpi_verify_differences',
    help: 'Totals that are not what their facts add up to, by the last verification of recent or all days.',
    labelNames: ['kpi', 'days'] as const,
    registers: [registry],
  })
  const job = (name: string, days: 'recent' | 'all', schedule: Schedule): Job => ({
    name,
    schedule,
    async run(running) {
      const from = businessDate(now().getTime() - RECENT_DAYS * DAY_MS)
      return verifyAll(deps, running, days === 'recent' ? { from } : {})
    },
    showResult({ differences: found }) {
      for (const [kpi, count] of Object.entries(found as Readonly<Record<string, number>>))
        differences.set({ kpi, days }, count)
    },
  })
  return [
    job('verify_kpis', 'recent', { everySeconds: 3_600 }),
    job('verify_all_kpis', 'all', { cron: '30 3 * * 0', timeZone }),
  ]
}

async function verifyAll(
  { pool, timeZone, definitions, logger }: VerifyKpisDeps,
  { progress, signal }: RunningJob,
  days: { readonly from?: string },
): Promise<JobData> {
  const kpis = await filledKpis(pool, timeZone, definitions)
  const found = new Map<string, number>()
  for (const [index, kpi] of kpis.entries()) {
    const differences = await onConnection(pool, signal, (db) =>
      verifyKpi(db, kpi, { ...days, onlyFilled: true }),
    )
    found.set(kpi.name, differences.length)
    if (differences.length > 0) logger.error(shown(kpi, differences), 'totals differ from their facts')
    await progress({ verified: index + 1, of: kpis.length })
  }
  return { ...days, differences: Object.fromEntries(found) }
}

/** One that `millrace migrate` has not filled yet differs of course. */
async function filledKpis(
  pool: Pool,
  timeZone: string,
  definitions: string | undefined,
): Promise<readonly StoredKpi[]> {
  const filled = await readFilledKpis(pool, timeZone)
  const stored = (await loadKpis(definitions)).flatMap(storedKpis).filter(({ name }) => filled.has(name))
  return [...new Map(stored.map((kpi) => [kpi.name, kpi])).values()]
}

function shown({ name }: StoredKpi, differences: readonly Difference[]): object {
  const days = [...new Set(differences.map(({ date }) => date))].slice(0, SHOWN)
  return { kpi: name, differences: differences.length, days }
}
