import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { kpiListCommand } from '../kpi/kpi-list.ts'
import { kpiShowCommand } from '../kpi/kpi-show.ts'
import { kpiVerifyCommand } from '../kpi/kpi-verify.ts'

export function kpiCommand(deps: CommandDeps): Command {
  return new Command('kpi')
    .description('List, show and verify the KPIs.')
    .addCommand(kpiListCommand(deps))
    .addCommand(kpiShowCommand(deps))
    .addCommand(kpiVerifyCommand(deps))
}
