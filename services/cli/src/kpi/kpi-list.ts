import { dimensionsOf, isDerived } from '@millrace/kpis/kpi'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { printTable } from '../print-table.ts'
import { ownDefinitions } from './own-definitions.ts'

export function kpiListCommand({ env, out }: CommandDeps): Command {
  return new Command('list')
    .description('The KPIs, what they mean and how they can be broken down.')
    .option('--json', 'one JSON array')
    .action(async ({ json }: { json?: boolean }) => {
      const kpis = (await loadKpis(ownDefinitions(env))).map((kpi) => ({
        name: kpi.name,
        title: kpi.title,
        help: kpi.help,
        unit: kpi.unit,
        owner: kpi.owner,
        dimensions: Object.keys(dimensionsOf(kpi)),
        breakdowns: isDerived(kpi) ? kpi.minuend.breakdowns : kpi.breakdowns,
      }))
      if (json) return out(JSON.stringify(kpis))
      printTable(
        kpis.map(({ name, dimensions, help }) => [
          dimensions.length > 0 ? `${name}{${dimensions.join(',')}}` : name,
          help,
        ]),
        out,
      )
    })
}
