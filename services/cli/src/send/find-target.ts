import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Fault } from '@millrace/contracts/fault'
import { type WriteKey, WriteKeys } from '@millrace/contracts/write-key'
import { DEFAULT_DATA_DIR } from '@millrace/runtime/config-fields'
import { readAddresses } from '../addresses.ts'

export interface Target {
  readonly url: string
  readonly key: string
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * Where to send and with which key: as asked for, else MILLRACE_URL and MILLRACE_KEY, else as `millrace up` does it:
 * the address of INGEST_PORT, of the one that runs on the data folder, or its default; WRITE_KEYS or those of the folder.
 * @throws Fault `config_invalid` when there is no URL or key in any of these.
 */
export async function findTarget(asked: Partial<Target>, env: Env): Promise<Target> {
  const url = asked.url ?? (env.MILLRACE_URL || (await urlOfUp(env)))
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Fault('config_invalid', 'Expected --url (or MILLRACE_URL) like http://127.0.0.1:8080')
  }
  return { url, key: asked.key ?? (env.MILLRACE_KEY || (await secretKey(env))) }
}

async function urlOfUp(env: Env): Promise<string> {
  const { INGEST_PORT: port, DATA_DIR: dataDir } = env
  // 0 is any free port: only the running process knows which.
  if (port && port !== '0') return `http://${hostOf(env)}:${port}`
  return (await readAddresses(dataDir || DEFAULT_DATA_DIR))?.api ?? `http://${hostOf(env)}:8080`
}

function hostOf({ BIND_HOST: host }: Env): string {
  return !host || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
}

/** Files are history more often than not: a key that may send old timestamps comes first. */
async function secretKey(env: Env): Promise<string> {
  const keys = (await readKeys(env)).filter(({ kind, canary }) => kind === 'secret' && !canary)
  const key = keys.find(({ historical }) => historical) ?? keys[0]
  if (key) return key.key
  throw new Fault(
    'config_invalid',
    'Expected a write key: --key, MILLRACE_KEY, or a secret one in WRITE_KEYS',
  )
}

async function readKeys({ WRITE_KEYS: given, DATA_DIR: dataDir }: Env): Promise<readonly WriteKey[]> {
  if (given?.trimStart().startsWith('[')) return parseKeys(given, 'WRITE_KEYS')
  const file = given || path.join(dataDir || DEFAULT_DATA_DIR, 'write-keys.json')
  try {
    return parseKeys(await readFile(file, 'utf8'), file)
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    const why = `${file} cannot be read: is \`millrace up\` of another folder (DATA_DIR)?`
    throw new Fault('config_invalid', `Expected a write key, --key or MILLRACE_KEY; ${why}`, { cause })
  }
}

function parseKeys(json: string, place: string): readonly WriteKey[] {
  try {
    return WriteKeys.parse(JSON.parse(json))
  } catch {
    // What is wrong is not repeated: it may be a part of a key.
    throw new Fault('config_invalid', `Expected a JSON list of write keys in ${place}`)
  }
}
