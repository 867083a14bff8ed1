import type { ReplayReport } from '@millrace/cli/replay/report-replay'
import { type Asked, askMillrace } from './ask-millrace.ts'
import type { Pipeline } from './open-pipeline.ts'

/** `millrace replay … --json` on a test's pipeline. */
export function askReplay(
  { databaseUrl, dataDir }: Pick<Pipeline, 'databaseUrl' | 'dataDir'>,
  ...args: readonly string[]
): Promise<Asked<ReplayReport>> {
  return askMillrace(['replay', ...args], { DATABASE_URL: databaseUrl, DATA_DIR: dataDir })
}

/** `table day live/replayed` of each day that differs. */
export function differingDays({ tables }: Pick<ReplayReport, 'tables'>): string[] {
  return tables.flatMap(({ table, days }) =>
    days.map(({ day, live, replayed }) => `${table} ${day} ${live}/${replayed}`),
  )
}

/** `kpi date dimensions` of each total that differs. */
export function differingTotals({ kpis }: Pick<ReplayReport, 'kpis'>): string[] {
  return kpis.map(({ kpi, date, dimensions }) => [kpi, date, ...Object.values(dimensions)].join(' '))
}
