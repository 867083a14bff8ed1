import { Fault } from '@millrace/contracts/fault'
import type { Kpi } from '@millrace/kpis/kpi'
import { loadKpis } from '@millrace/kpis/load-kpis'
import type { CommandDeps } from '../command-deps.ts'
import { ownDefinitions } from './own-definitions.ts'

/** @throws Fault `config_invalid` that lists the names there are. */
export async function findKpi(name: string, env: CommandDeps['env']): Promise<Kpi> {
  const kpis = await loadKpis(ownDefinitions(env))
  const found = kpis.find((kpi) => kpi.name === name.replace(/^kpi_/, ''))
  if (found) return found
  throw new Fault(
    'config_invalid',
    `There is no KPI ${name}: expected one of ${kpis.map((kpi) => kpi.name).join(', ')}`,
  )
}
