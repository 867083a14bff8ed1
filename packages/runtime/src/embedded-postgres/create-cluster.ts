import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Fault } from '@millrace/contracts/fault'
import { draftOf, removeAbandoned } from './draft-folder.ts'
import type { Account } from './postgres-account.ts'
import type { PostgresBinaries } from './postgres-binaries.ts'
import { runProgram } from './run-program.ts'

export interface CreateClusterOptions {
  readonly folder: string
  readonly account: Account | undefined
  readonly binaries: PostgresBinaries
}

/** Defaults of a small production set-up; they stand in postgresql.conf, where an operator may change them. */
const SETTINGS = {
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  synchronous_commit: 'on',
  max_connections: '100',
  // pglz costs a twentieth of the CPU of a load; disks are cheaper.
  wal_compression: 'off',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  unix_socket_directories: '',
  logging_collector: 'on',
  log_filename: 'postgres-%a.log',
  log_truncate_on_rotation: 'on',
  log_rotation_size: '0',
}

/** Makes a cluster, all or nothing: it is built beside its place and renamed into it; a second maker's is thrown away. */
export async function createCluster({ folder, account, binaries }: CreateClusterOptions): Promise<void> {
  await removeAbandoned(folder)
  const draft = draftOf(folder)
  try {
    await initialise({ folder: draft, account, binaries })
    await rename(draft, folder)
    await syncFolder(path.dirname(folder))
  } catch (cause) {
    await rm(draft, { recursive: true, force: true })
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return
    throw new Fault('config_invalid', `Could not make a Postgres in ${folder}: ${(cause as Error).message}`, {
      cause,
    })
  }
}

async function initialise({ folder, account, binaries }: CreateClusterOptions): Promise<void> {
  const data = path.join(folder, 'data')
  const passwordForInitdb = path.join(folder, 'initial-password')
  const password = randomBytes(24).toString('hex')
  await mkdir(data, { recursive: true })
  await chmod(folder, account ? 0o711 : 0o700)
  await chmod(data, 0o700)
  await writeFile(path.join(folder, 'password'), `${password}\n`, { mode: 0o600 })
  await writeFile(passwordForInitdb, `${password}\n`, { mode: 0o600 })
  if (account) {
    await chown(data, account.uid, account.gid)
    await chown(passwordForInitdb, account.uid, account.gid)
  }
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const common = ['--encoding=UTF8', '--locale=C', '--auth=scram-sha-256', '--username=postgres']
  const first = [...common, `--pwfile=${passwordForInitdb}`, '--no-sync', '--no-instructions', ...settings]
  await runProgram(binaries.initdb, ['-D', data, ...first], { account, cwd: data })
  await rm(passwordForInitdb)
  // One sync at the end instead of one a step; before the rename, so that what is in place is durable.
  await runProgram(binaries.initdb, ['-D', data, '--sync-only'], { account, cwd: data })
}

/** Makes the new name survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
