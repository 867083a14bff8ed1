import { createSubjectReader } from '@millrace/jobs/create-subject-reader'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { useStores } from '../database/use-stores.ts'
import { type PeopleFlags, readPeople, withPeople } from '../erase/read-people.ts'

export function subjectCommand(deps: CommandDeps): Command {
  const command = new Command('subject').description(
    "A person's data as JSON: who it is linked to, its facts by table, and what waits or is kept in other stores.",
  )
  return withPeople(command)
    .option('--json', 'the output is JSON in any case')
    .action(async (flags: PeopleFlags) => {
      await useStores(deps, async ({ log, archive, pool }) => {
        const people = await readPeople(deps, flags, archive)
        const readSubject = createSubjectReader({ pool, archive, log })
        await printJson(deps.out, (each) => readSubject(people, each))
      })
    })
}

interface Part {
  readonly name: string
  readonly rows: AsyncIterable<object>
}

/** One JSON object with an array a part, a line a row: however much it is, little of it is in memory. */
async function printJson(
  out: CommandDeps['out'],
  read: (each: (part: Part) => Promise<void>) => Promise<void>,
): Promise<void> {
  let before = '{'
  await read(async ({ name, rows }) => {
    let line = `${before}"${name}": [`
    let count = 0
    for await (const row of rows) {
      out(count++ === 0 ? line : `${line},`)
      line = JSON.stringify(row)
    }
    out(line)
    before = '], '
  })
  out(']}')
}
