import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { describeEnvironment } from '../environment/describe-environment.ts'
import { Config } from '../up/config.ts'

export function upCommand(deps: CommandDeps): Command {
  return new Command('up')
    .description('Run every service in one process, embedded for what is not configured.')
    .option('--json', 'print addresses and keys as one line of JSON when ready')
    .addHelpText('after', `\n${describeEnvironment(Config)}`)
    .action(async ({ json }: { json?: boolean }) => {
      const { runUp } = await import('../up/run-up.ts')
      await runUp(deps, { json: json === true })
    })
}
