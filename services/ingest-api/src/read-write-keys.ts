import { readFile } from 'node:fs/promises'
import { Fault } from '@millrace/contracts/fault'
import { type WriteKey, WriteKeys } from '@millrace/contracts/write-key'

/**
 * Reads the write keys from JSON or from a file that holds it.
 * @throws Fault `config_invalid` that names the entry by its position and source, and never repeats a key.
 */
export async function readWriteKeys(jsonOrPath: string): Promise<readonly WriteKey[]> {
  const isJson = /^\s*[[{]/.test(jsonOrPath)
  const keys = parseWriteKeys(parseJson(isJson ? jsonOrPath : await readKeyFile(jsonOrPath)))
  return keys.map((key, index) => normalizeOrigins(refuseRepeated(key, index, keys), index))
}

async function readKeyFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    // The cause holds the path, and the path is the key when someone set WRITE_KEYS to a bare key.
    throw new Fault(
      'config_invalid',
      `WRITE_KEYS: expected a JSON array or the path of a readable file (${code})`,
    )
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Fault('config_invalid', 'WRITE_KEYS: expected a JSON array of keys')
  }
}

function parseWriteKeys(value: unknown): readonly WriteKey[] {
  const parsed = WriteKeys.safeParse(value)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(({ path, message, code }) => {
    // zod's text names unknown fields, and a key pasted into the wrong place would be one.
    const expected = code === 'unrecognized_keys' ? 'has a field that a write key does not have' : message
    return `  ${entryName(value, path[0])}${path.length > 1 ? ` ${path.slice(1).join('.')}` : ''}: ${expected}`
  })
  throw new Fault('config_invalid', `WRITE_KEYS:\n${lines.join('\n')}`)
}

function refuseRepeated(key: WriteKey, index: number, keys: readonly WriteKey[]): WriteKey {
  const first = keys.findIndex((other) => other.key === key.key)
  if (first === index) return key
  throw new Fault('config_invalid', `WRITE_KEYS: entry ${index} has the same key as entry ${first}`)
}

/** Origins in the form that browsers send: scheme, host and port only, in lower case. */
function normalizeOrigins(key: WriteKey, index: number): WriteKey {
  if (key.origins === undefined) return key
  const origins = key.origins.map((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url !== undefined && url.origin !== 'null' && url.pathname === '/' && url.search + url.hash === '') {
      return url.origin
    }
    throw new Fault(
      'config_invalid',
      `WRITE_KEYS: entry ${index} (source ${key.source}) origins: expected origins like https://shop.example`,
    )
  })
  return { ...key, origins }
}

function entryName(value: unknown, index: PropertyKey | undefined): string {
  if (typeof index !== 'number' || !Array.isArray(value)) return '(all)'
  const source = (value[index] as { source?: unknown } | null)?.source
  const isSource = typeof source === 'string' && /^[a-z0-9][a-z0-9_-]{0,62}$/.test(source)
  return `entry ${index}${isSource ? ` (source ${source})` : ''}`
}
