import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import type { Archive } from '@millrace/archive/archive'
import { readKeys } from '@millrace/archive/claim-keys'
import { readId } from '@millrace/contracts/event-people'
import { Fault } from '@millrace/contracts/fault'
import { readPseudonymKeys } from '@millrace/ingest-api/read-pseudonym-keys'
import { dataDir } from '@millrace/runtime/config-fields'
import { readConfig } from '@millrace/runtime/read-config'
import { createPseudonyms, keyFingerprint } from '@millrace/scrub/pseudonym'
import type { Command } from 'commander'
import { z } from 'zod'
import type { CommandDeps } from '../command-deps.ts'
import { keptPseudonymKey } from '../up/open-keys.ts'

/** Which persons a command is about. */
export interface PeopleFlags {
  readonly userId?: readonly string[]
  readonly anonymousId?: readonly string[]
  readonly file?: string
}

/** An id as it was sent; never shown or stored. */
interface SentId {
  readonly kind: 'u' | 'a'
  readonly id: string
}

const Config = z.object({
  PSEUDONYM_KEY: z.string().optional(),
  PSEUDONYM_KEY_RETIRED: z.string().optional(),
  DATA_DIR: dataDir,
})

const KINDS: Readonly<Record<string, SentId['kind']>> = { user: 'u', anonymous: 'a' }

export function withPeople(command: Command): Command {
  return command
    .option('--user-id <id...>', 'the userId as it was sent; several may follow')
    .option('--anonymous-id <id...>', 'the anonymousId as it was sent')
    .option(
      '--file <path>',
      'ids from a file, or - for standard input: user:<id> or anonymous:<id>, one a line',
    )
}

/**
 * The pseudonyms by which the given ids may be known: under the current key and the retired one.
 * @throws Fault `config_invalid` without an id or a key, or when people are known by a key that is not given.
 */
export async function readPeople(
  { env, note }: Pick<CommandDeps, 'env' | 'note'>,
  flags: PeopleFlags,
  archive: Pick<Archive, 'get'>,
): Promise<readonly string[]> {
  const ids = await readIds(flags)
  const config = readConfig(Config, env)
  const PSEUDONYM_KEY = config.PSEUDONYM_KEY ?? (await keptPseudonymKey(path.resolve(config.DATA_DIR)))
  if (PSEUDONYM_KEY === undefined)
    throw wrong('PSEUDONYM_KEY: missing, expected the key that people got their pseudonyms from')
  const { pseudonymKey, retiredPseudonymKey } = await readPseudonymKeys({ ...config, PSEUDONYM_KEY })
  const keys = [pseudonymKey, ...(retiredPseudonymKey === undefined ? [] : [retiredPseudonymKey])]
  await expectTheirKeys(keys, archive, note)
  return keys.flatMap((key) => {
    const pseudonym = createPseudonyms(key)
    return ids.map(({ kind, id }) => pseudonym(kind, id))
  })
}

/** With a wrong key nobody would be found, and that would look as if nothing was kept. */
async function expectTheirKeys(
  keys: readonly string[],
  archive: Pick<Archive, 'get'>,
  note: CommandDeps['note'],
): Promise<void> {
  const given = new Set(keys.map(keyFingerprint))
  const known = (await readKeys(archive)).map(({ fingerprint }) => fingerprint)
  const missing = known.filter((fingerprint) => !given.has(fingerprint))
  if (missing.length === 0) return
  if (missing.length === known.length)
    throw wrong(
      `PSEUDONYM_KEY: people are known by the key ${known.at(-1)}, this one is ${[...given].join(', ')}`,
    )
  note(
    `People are also known by the keys ${missing.join(', ')}: set PSEUDONYM_KEY_RETIRED to one of them and run this again`,
  )
}

async function readIds({ userId = [], anonymousId = [], file }: PeopleFlags): Promise<readonly SentId[]> {
  const ids = [
    ...userId.map((id): SentId => ({ kind: 'u', id })),
    ...anonymousId.map((id): SentId => ({ kind: 'a', id })),
    ...(file === undefined ? [] : readLines(await readText(file))),
  ]
  if (ids.length === 0) throw wrong('expected --user-id, --anonymous-id or --file')
  if (ids.some(({ id }) => readId(id) === undefined)) throw wrong('expected ids that are not empty')
  return ids
}

async function readText(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')
  } catch (error) {
    throw wrong(`--file: cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function readLines(lines: string): SentId[] {
  return lines.split('\n').flatMap((line, index): SentId[] => {
    const given = line.replace(/\r$/, '')
    if (given.trim() === '') return []
    const [, kind = '', id = ''] = /^(user|anonymous):(.*)$/s.exec(given) ?? []
    const read = KINDS[kind]
    // The line itself is not repeated: it is an id.
    if (!read || id === '') throw wrong(`--file, line ${index + 1}: expected user:<id> or anonymous:<id>`)
    return [{ kind: read, id }]
  })
}

function wrong(message: string): Fault {
  return new Fault('config_invalid', message)
}
