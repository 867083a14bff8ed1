import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { quarantineListCommand } from '../quarantine/quarantine-list.ts'
import { quarantineRetryCommand } from '../quarantine/quarantine-retry.ts'

export function quarantineCommand(deps: CommandDeps): Command {
  return new Command('quarantine')
    .description('Events that could not be counted, with the reason; scrubbed of personal data.')
    .addCommand(quarantineListCommand(deps))
    .addCommand(quarantineRetryCommand(deps))
}
