import { Config } from '@millrace/archiver/config'
import type { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { serviceCommand } from '../service/service-command.ts'

export function archiverCommand(deps: CommandDeps): Command {
  return serviceCommand(deps, {
    name: 'archiver',
    description: 'Copy the log into the archive, each event once.',
    schema: Config,
    run: async (service) => (await import('@millrace/archiver/run-archiver')).runArchiver(service),
  })
}
