import { Config } from '@millrace/kpi-exporter/config'
import type { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { serviceCommand } from '../service/service-command.ts'

export function kpiExporterCommand(deps: CommandDeps): Command {
  return serviceCommand(deps, {
    name: 'kpi-exporter',
    description: 'Show the KPIs to Prometheus.',
    schema: Config,
    run: async (service) => (await import('@millrace/kpi-exporter/run-kpi-exporter')).runKpiExporter(service),
  })
}
