import { Config } from '@millrace/board/config'
import type { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { serviceCommand } from '../service/service-command.ts'

export function boardCommand(deps: CommandDeps): Command {
  return serviceCommand(deps, {
    name: 'board',
    description: 'Show the KPIs and the pipeline on a page.',
    schema: Config,
    run: async (service) => (await import('@millrace/board/run-board')).runBoard(service),
  })
}
