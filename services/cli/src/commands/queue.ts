import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { queueListCommand } from '../queue/queue-list.ts'
import { queueRetryCommand } from '../queue/queue-retry.ts'
import { queueRunCommand } from '../queue/queue-run.ts'

export function queueCommand(deps: CommandDeps): Command {
  return new Command('queue')
    .description('The jobs behind the scenes, in Redis: their states, progress and errors.')
    .addCommand(queueListCommand(deps))
    .addCommand(queueRetryCommand(deps))
    .addCommand(queueRunCommand(deps))
}
