import { readdir } from 'node:fs/promises'
import { Fault } from '@millrace/contracts/fault'
import type { Command } from 'commander'
import type { CommandDeps } from './command-deps.ts'

type CreateCommand = (deps: CommandDeps) => Command

const FOLDER = new URL('./commands/', import.meta.url)

/**
 * Each file `commands/<verb>.ts` is a command and exports `<verb>Command(deps)`. The one that is asked for is loaded
 * alone, so that a quick verb does not wait for the imports of the others; all of them for the list of verbs.
 */
export async function loadCommands(
  asked: string | undefined,
  deps: CommandDeps,
): Promise<readonly Command[]> {
  const verbs = await listVerbs()
  const wanted = asked !== undefined && verbs.includes(asked) ? [asked] : verbs
  return Promise.all(wanted.map(async (verb) => (await loadCommand(verb))(deps)))
}

async function listVerbs(): Promise<readonly string[]> {
  const files = await readdir(FOLDER)
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort()
}

async function loadCommand(verb: string): Promise<CreateCommand> {
  const module = (await import(new URL(`./${verb}.ts`, FOLDER).href)) as Record<string, unknown>
  const name = `${verb.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Command`
  const create = module[name]
  if (typeof create !== 'function')
    throw new Fault('contract_broken', `commands/${verb}.ts must export ${name}`)
  return create as CreateCommand
}
