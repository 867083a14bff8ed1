import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { Fault } from '@millrace/contracts/fault'
import type { WriteKey } from '@millrace/contracts/write-key'
import { readWriteKeys } from '@millrace/ingest-api/read-write-keys'
import type { Config } from './config.ts'
import { keptSecret } from './kept-secret.ts'

export interface Keys {
  readonly writeKeys: readonly WriteKey[]
  readonly pseudonymKey: string
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
  const pseudonymKey =
    config.PSEUDONYM_KEY ??
    (await keptSecret(path.join(dataDir, 'pseudonym-key'), () => randomBytes(32).toString('hex')))
  const writeKeys =
    config.WRITE_KEYS ?? (await keptSecret(path.join(dataDir, 'write-keys.json'), makeWriteKeys))
  return { pseudonymKey, writeKeys: await readWriteKeys(writeKeys) }
}

function makeWriteKeys(): string {
  const keys: readonly WriteKey[] = [
    { key: `sk_${randomBytes(24).toString('hex')}`, source: 'server', kind: 'secret', historical: true },
    { key: `pk_${randomBytes(24).toString('hex')}`, source: 'web', kind: 'public' },
  ]
  return JSON.stringify(keys, null, 2)
}
