import { setTimeout as sleep } from 'node:timers/promises'
import { createEraser } from '@millrace/jobs/create-eraser'
import { Command, InvalidArgumentError } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { useStores } from '../database/use-stores.ts'
import { type PeopleFlags, readPeople, withPeople } from '../erase/read-people.ts'
import { reportFound, reportReceipt } from '../erase/report-erased.ts'

interface EraseFlags extends PeopleFlags {
  readonly dryRun?: boolean
  readonly wait: number
  readonly json?: boolean
}

export function eraseCommand(deps: CommandDeps): Command {
  const command = new Command('erase').description(
    'Forget persons: what was received of them goes from every store, totals are corrected, a receipt says what went.',
  )
  return withPeople(command)
    .option('--dry-run', 'only count what there is')
    .option('--wait <seconds>', 'for the loader and the archiver to come to the end of the log', seconds, 30)
    .option('--json', 'one JSON object: the receipt')
    .action(async (flags: EraseFlags) => {
      const { out, note, now } = deps
      await useStores(deps, async ({ log, archive, pool }) => {
        const people = await readPeople(deps, flags, archive)
        const eraser = createEraser({
          ...{ pool, archive, log, waitSeconds: flags.wait, now, sleep },
          progress: flags.json ? () => undefined : note,
        })
        if (flags.dryRun) {
          const found = await eraser.count(people)
          return flags.json ? out(JSON.stringify(found)) : reportFound(found, out)
        }
        const receipts = await eraser.erase(people)
        const completed = receipts.slice(0, -1)
        const receipt = receipts.at(-1)
        if (flags.json) out(JSON.stringify({ ...receipt, ...(completed.length > 0 && { completed }) }))
        else for (const each of receipts) reportReceipt(each, out)
      })
    })
}

function seconds(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('Expected a number of seconds.')
  return value
}
