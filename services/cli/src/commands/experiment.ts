import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { experimentListCommand } from '../experiment/experiment-list.ts'
import { experimentShowCommand } from '../experiment/experiment-show.ts'

export function experimentCommand(deps: CommandDeps): Command {
  return new Command('experiment')
    .description('List and show the experiments.')
    .addCommand(experimentListCommand(deps))
    .addCommand(experimentShowCommand(deps))
}
