import { Fault } from '@millrace/contracts/fault'
import { kpiSeries } from '@millrace/kpis/kpi-series'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { useDatabase } from '../database/use-database.ts'
import { printTable } from '../print-table.ts'
import { day } from './day-argument.ts'
import { findKpi } from './find-kpi.ts'
import { seriesTable } from './series-table.ts'

interface ShowFlags {
  readonly from: string
  readonly to: string
  readonly by?: readonly string[]
  readonly json?: boolean
}

export function kpiShowCommand({ env, out }: CommandDeps): Command {
  return new Command('show')
    .description('A KPI day by day.')
    .argument('<name>', 'as `millrace kpi list` shows it')
    .option('--from <date>', 'first day, yyyy-mm-dd', day, '2000-01-01')
    .option('--to <date>', 'last day, itself included; never after today', day, '2100-01-01')
    .option('--by <names>', 'other dimensions than its own, with commas between (country, source, …)', names)
    .option('--json', 'one JSON array of { date, dimensions, value, valueMinor?, numerator?, denominator? }')
    .action(async (name: string, { from, to, by, json }: ShowFlags) => {
      if (from > to) throw new Fault('config_invalid', `--from ${from} is after --to ${to}`)
      const kpi = await findKpi(name, env)
      const points = await useDatabase(env, (pool) =>
        kpiSeries(pool, kpi, { from, to, ...(by ? { by } : {}) }),
      )
      if (json) return out(JSON.stringify(points))
      if (points.length === 0) return out('no data on these days')
      printTable(seriesTable(kpi, points), out)
    })
}

function names(text: string): string[] {
  return text.split(',').map((name) => name.trim())
}
