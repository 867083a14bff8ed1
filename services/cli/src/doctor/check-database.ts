import { loadKpis } from '@millrace/kpis/load-kpis'
import { isApplied } from '@millrace/warehouse/apply-kpis'
import { createPool } from '@millrace/warehouse/database'
import { pendingMigrations } from '@millrace/warehouse/migrate'
import { readWatermark } from '@millrace/warehouse/watermark'
import type { Pool } from 'pg'
import { type Finding, failed, ok, warning } from './finding.ts'

const OLDEST_POSTGRES = 15
const LATE_SECONDS = 300

export interface DatabaseCheckDeps {
  /** Undefined when none was found. */
  readonly databaseUrl: string | undefined
  readonly timeZone: string
  /** MILLRACE_DEFINITIONS */
  readonly definitions: string | undefined
  readonly now: () => Date
}

/** Postgres, its schema, and how far the pipeline in it has come. */
export async function checkDatabase({
  databaseUrl,
  timeZone,
  definitions,
  now,
}: DatabaseCheckDeps): Promise<Finding[]> {
  if (!databaseUrl) return [failed('postgres', 'none runs: start `npm start`, or set DATABASE_URL')]
  const pool = createPool({ url: databaseUrl, name: 'doctor', max: 2 })
  try {
    const version = await checkVersion(pool)
    if (version.status === 'failed') return [version]
    const pending = await pendingMigrations(databaseUrl)
    if (pending.length > 0) {
      return [
        version,
        failed('migrations', `${pending.length} to run, first ${pending[0]}: run \`npm run migrate\``),
      ]
    }
    return [
      version,
      ok('migrations', 'up to date'),
      await checkKpis(pool, definitions),
      await checkTimeZone(pool, timeZone),
      await checkWatermark(pool, now),
      await checkQuarantine(pool),
    ]
  } catch (error) {
    return [failed('postgres', `cannot be asked: ${(error as Error).message}`)]
  } finally {
    await pool.end()
  }
}

async function checkVersion(pool: Pool): Promise<Finding> {
  const { rows } = await pool.query<{ version: number; shown: string }>(
    `select current_setting('server_version_num')::int / 10000 as version, current_setting('server_version') as shown`,
  )
  const [found] = rows
  if (!found || found.version < OLDEST_POSTGRES) {
    return failed('postgres', `version ${found?.shown}: Millrace needs ${OLDEST_POSTGRES} or later`)
  }
  return ok('postgres', `version ${found.shown}`)
}

async function checkKpis(pool: Pool, definitions: string | undefined): Promise<Finding> {
  const kpis = await loadKpis(definitions)
  const applied = await isApplied(pool, kpis)
  return applied
    ? ok('KPIs', `${kpis.length}, as their definitions say`)
    : failed('KPIs', 'the database keeps totals of other definitions: run `npm run migrate`')
}

async function checkTimeZone(pool: Pool, timeZone: string): Promise<Finding> {
  const { rows } = await pool.query<{ value: string }>(
    `select value from pipeline.setting where name = 'business_time_zone'`,
  )
  const kept = rows[0]?.value
  return kept === timeZone
    ? ok('time zone', timeZone)
    : failed(
        'time zone',
        `BUSINESS_TIME_ZONE is ${timeZone}, the stored days are days in ${kept}: set it to ${kept}`,
      )
}

async function checkWatermark(pool: Pool, now: () => Date): Promise<Finding> {
  const watermark = await readWatermark(pool)
  if (!watermark) return warning('watermark', 'nothing was ever loaded: does the loader run?')
  const seconds = Math.round((now().getTime() - watermark.getTime()) / 1000)
  const detail = `everything received until ${watermark.toISOString()} is loaded, ${seconds} s ago`
  return seconds > LATE_SECONDS
    ? failed('watermark', `${detail}: the pipeline is late`)
    : ok('watermark', detail)
}

async function checkQuarantine(pool: Pool): Promise<Finding> {
  const { rows } = await pool.query<{ waiting: number }>(
    'select count(*)::int as waiting from pipeline.quarantine where retried_at is null',
  )
  const waiting = rows[0]?.waiting ?? 0
  if (waiting === 0) return ok('quarantine', 'empty')
  return warning('quarantine', `${waiting} events wait: \`millrace quarantine list\` says why`)
}
