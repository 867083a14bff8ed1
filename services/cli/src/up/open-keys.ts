import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { Fault } from '@millrace/contracts/fault'
import type { WriteKey } from '@millrace/contracts/write-key'
import { readPseudonymKeys } from '@millrace/ingest-api/read-pseudonym-keys'
import { readWriteKeys } from '@millrace/ingest-api/read-write-keys'
import type { Config } from './config.ts'
import { keptSecret, readKept } from './kept-secret.ts'

export interface Keys {
  readonly writeKeys: readonly WriteKey[]
  readonly pseudonymKey: string
  /** In a rotation: the key before it. */
  readonly retiredPseudonymKey?: string
}

/**
 * The keys of the environment, else those of the data folder, made the first time.
 * @throws Fault `config_invalid` in production without PSEUDONYM_KEY: lost with a disk, it would make everyone a new person.
 */
export async function openKeys(config: Config, dataDir: string): Promise<Keys> {
  if (!config.PSEUDONYM_KEY && config.NODE_ENV === 'production') {
    throw new Fault(
      'config_invalid',
      'Wrong configuration:\n  PSEUDONYM_KEY: with NODE_ENV=production it must be set: a secret of at least 32 characters',
    )
  }
  const PSEUDONYM_KEY =
    config.PSEUDONYM_KEY ?? (await keptSecret(keptKeyFile(dataDir), () => randomBytes(32).toString('hex')))
  const pseudonymKeys = await readPseudonymKeys({ ...config, PSEUDONYM_KEY })
  const given = config.WRITE_KEYS ?? (await keptSecret(path.join(dataDir, 'write-keys.json'), makeWriteKeys))
  const writeKeys = await readWriteKeys(given)
  if (config.CANARY_WRITE_KEY) refuseCountingCanary(writeKeys, config.CANARY_WRITE_KEY)
  const hasCanary = config.WRITE_KEYS !== undefined || writeKeys.some(({ canary }) => canary)
  return {
    ...pseudonymKeys,
    writeKeys: hasCanary ? writeKeys : [...writeKeys, await keptCanaryKey(dataDir)],
  }
}

/** Events of another key would count as somebody's. */
function refuseCountingCanary(writeKeys: readonly WriteKey[], canaryKey: string): void {
  if (writeKeys.find(({ key }) => key === canaryKey)?.canary) return
  throw new Fault(
    'config_invalid',
    'Wrong configuration:\n  CANARY_WRITE_KEY: expected one of WRITE_KEYS that has "canary": true',
  )
}

/** Public, as the keys of browsers are: of their requests the most is looked at. */
async function keptCanaryKey(dataDir: string): Promise<WriteKey> {
  const key = await keptSecret(
    path.join(dataDir, 'canary-key'),
    () => `pk_${randomBytes(24).toString('hex')}`,
  )
  return { key, source: 'canary', kind: 'public', canary: true }
}

/**
 * To be asked before anything starts on the data folder.
 * @throws Fault `config_invalid` when people are known by the kept key, and the keys of the environment leave it out.
 */
export async function refuseForgottenKey(config: Config, dataDir: string): Promise<void> {
  if (!config.PSEUDONYM_KEY || config.PSEUDONYM_KEY_RETIRED) return
  const file = keptKeyFile(dataDir)
  const kept = await keptPseudonymKey(dataDir)
  const { pseudonymKey } = await readPseudonymKeys({ PSEUDONYM_KEY: config.PSEUDONYM_KEY })
  if (kept === undefined || kept === pseudonymKey) return
  throw new Fault(
    'config_invalid',
    `Wrong configuration:\n  PSEUDONYM_KEY: another key is kept in ${file}, and whoever is known by it would be somebody new: ` +
      `set PSEUDONYM_KEY_RETIRED=@${file} too, or move that file to a safe place once it is retired for good`,
  )
}

/** Undefined when none was ever made. */
export function keptPseudonymKey(dataDir: string): Promise<string | undefined> {
  return readKept(keptKeyFile(dataDir))
}

function keptKeyFile(dataDir: string): string {
  return path.join(dataDir, 'pseudonym-key')
}

function makeWriteKeys(): string {
  const keys: readonly WriteKey[] = [
    { key: `sk_${randomBytes(24).toString('hex')}`, source: 'server', kind: 'secret', historical: true },
    { key: `pk_${randomBytes(24).toString('hex')}`, source: 'web', kind: 'public' },
  ]
  return JSON.stringify(keys, null, 2)
}
