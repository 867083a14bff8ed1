import { storedKpis } from '@millrace/kpis/kpi'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { type Difference, verifyKpi } from '@millrace/kpis/verify'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { useDatabase } from '../database/use-database.ts'
import { findKpi } from './find-kpi.ts'
import { ownDefinitions } from './own-definitions.ts'

const SHOWN = 20

export function kpiVerifyCommand({ env, out, note, exitWith }: CommandDeps): Command {
  return new Command('verify')
    .description('Recompute every total from the facts; exit 1 when one differs.')
    .argument('[names...]', 'only these KPIs')
    .option('--json', 'one JSON object')
    .action(async (names: string[], { json }: { json?: boolean }) => {
      const asked =
        names.length > 0
          ? await Promise.all(names.map((name) => findKpi(name, env)))
          : await loadKpis(ownDefinitions(env))
      const stored = [...new Map(asked.flatMap(storedKpis).map((kpi) => [kpi.name, kpi])).values()]
      const differences = await useDatabase(env, async (pool) => {
        const found: Difference[] = []
        for (const [index, kpi] of stored.entries()) {
          if (!json) note(`${index + 1}/${stored.length} ${kpi.name}`)
          found.push(...(await verifyKpi(pool, kpi)))
        }
        return found
      })
      if (differences.length > 0) exitWith(1)
      if (json) return out(JSON.stringify({ kpis: stored.map(({ name }) => name), differences }))
      for (const difference of differences.slice(0, SHOWN)) out(describe(difference))
      if (differences.length > SHOWN) out(`… and ${differences.length - SHOWN} more`)
      out(`${stored.length} KPIs, ${differences.length} differences`)
    })
}

function describe({ kpi, date, dimensions, kept, expected }: Difference): string {
  const labels = Object.values(dimensions).join(' ')
  return `${kpi} ${date} ${labels} kept ${kept.join('/')}, the facts say ${expected.join('/')}`
}
