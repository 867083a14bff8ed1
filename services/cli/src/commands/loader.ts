import { Config } from '@millrace/loader/config'
import type { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { serviceCommand } from '../service/service-command.ts'

export function loaderCommand(deps: CommandDeps): Command {
  return serviceCommand(deps, {
    name: 'loader',
    description: 'Turn the events of the log into facts and KPI totals in Postgres.',
    schema: Config,
    run: async (service) => (await import('@millrace/loader/run-loader')).runLoader(service),
  })
}
