import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { useQueue } from './use-queue.ts'

const MOST = 10_000

export function queueRetryCommand(deps: CommandDeps): Command {
  return new Command('retry')
    .description('Give dead jobs their tries again; exit 1 when one is not dead.')
    .argument('[ids...]', 'these jobs, by the ids of `queue list`; all dead ones without')
    .option('--json', 'one JSON object { retried, notDead }')
    .action(async (ids: string[], { json }: { json?: boolean }) => {
      const result = await useQueue(deps, async (queue) => {
        const asked = ids.length > 0 ? ids : (await queue.list(['dead'], MOST)).map(({ id }) => id)
        const [retried, notDead]: [string[], string[]] = [[], []]
        for (const id of asked) ((await queue.retry(id)) ? retried : notDead).push(id)
        return { retried, notDead }
      })
      if (result.notDead.length > 0) deps.exitWith(1)
      if (json) return deps.out(JSON.stringify(result))
      for (const id of result.notDead) deps.note(`${id}: there is no dead job of this id`)
      deps.out(`${result.retried.length} dead jobs are tried again`)
    })
}
