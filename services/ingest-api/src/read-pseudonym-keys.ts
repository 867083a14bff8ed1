import { readFile } from 'node:fs/promises'
import { Fault } from '@millrace/contracts/fault'

/** As they stand in the environment: a secret each, or `@` and the path of a file that holds it. */
export interface PseudonymKeyConfig {
  readonly PSEUDONYM_KEY: string
  readonly PSEUDONYM_KEY_RETIRED?: string | undefined
}

/** Of a secret in the environment, and of one in a file. */
export const SHORTEST_KEY = 32

/**
 * The keys that turn ids into pseudonyms.
 * @throws Fault `config_invalid` that names the variable and repeats neither a key nor what was taken for a path.
 */
export async function readPseudonymKeys(
  config: PseudonymKeyConfig,
): Promise<{ readonly pseudonymKey: string; readonly retiredPseudonymKey?: string }> {
  const pseudonymKey = await readKey('PSEUDONYM_KEY', config.PSEUDONYM_KEY)
  if (config.PSEUDONYM_KEY_RETIRED === undefined) return { pseudonymKey }
  const retiredPseudonymKey = await readKey('PSEUDONYM_KEY_RETIRED', config.PSEUDONYM_KEY_RETIRED)
  if (retiredPseudonymKey === pseudonymKey) {
    throw wrong(
      'PSEUDONYM_KEY_RETIRED',
      'is the current key too: expected the one that PSEUDONYM_KEY was before',
    )
  }
  return { pseudonymKey, retiredPseudonymKey }
}

async function readKey(name: keyof PseudonymKeyConfig, given: string): Promise<string> {
  if (!given.startsWith('@')) return given
  const key = await readKeyFile(name, given.slice(1))
  if (key.length < SHORTEST_KEY) {
    throw wrong(name, `expected a file that holds a secret of at least ${SHORTEST_KEY} characters`)
  }
  return key
}

async function readKeyFile(name: string, path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    // The cause holds the path, and the path is the key when a key begins with @.
    throw wrong(name, `expected @ and the path of a readable file (${code})`)
  }
}

function wrong(name: string, expected: string): Fault {
  return new Fault('config_invalid', `Wrong configuration:\n  ${name}: ${expected}`)
}
