import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { Fault } from '@millrace/contracts/fault'
import { createFile } from '../create-file.ts'
import type { Logger } from '../logger.ts'
import { createCluster } from './create-cluster.ts'
import { exists } from './exists.ts'
import { noteOwner, stopForgotten } from './forgotten-clusters.ts'
import { type Account, canReach, choosePostgresAccount, ownerOf } from './postgres-account.ts'
import type { PostgresBinaries } from './postgres-binaries.ts'

/** The files of one Postgres: `data/` belongs to the server's user, everything beside it to us. */
export interface PostgresCluster {
  readonly folder: string
  readonly data: string
  readonly password: string
  /** The user that the server runs as, where that is not us. */
  readonly account: Account | undefined
}

export interface OpenClusterOptions {
  readonly folder: string
  readonly account: Account | undefined
  readonly binaries: PostgresBinaries
}

const FAR_PLACE = '/var/lib/millrace'

/**
 * Where the cluster of a data folder is, or will be: in `postgres/` there. Where the server's user cannot reach that
 * (root with a checkout in its home) it is in /var/lib/millrace, and the file `postgres-location` says where.
 */
export async function locateCluster(
  dataDir: string,
  logger: Logger,
): Promise<{ folder: string; account: Account | undefined }> {
  const { folder, pointer, far } = await expectedFolder(dataDir)
  // Postgres wants to be the owner of its files, so those that exist decide.
  if (process.getuid?.() === 0 && (await exists(path.join(folder, 'data')))) {
    return { folder, account: await ownerOf(path.join(folder, 'data')) }
  }
  const account = await choosePostgresAccount()
  if (far || !account || (await canReach(dataDir, account))) return { folder, account }
  await stopForgotten(FAR_PLACE, dataDir, logger)
  return { folder: await chooseFarFolder(pointer, account), account }
}

/** The folder that the data folder names; it need not exist. */
export async function expectedFolder(
  dataDir: string,
): Promise<{ folder: string; pointer: string; far: boolean }> {
  const pointer = path.join(dataDir, 'postgres-location')
  const far = (await readFile(pointer, 'utf8').catch(() => '')).trim()
  return { folder: far || path.join(dataDir, 'postgres'), pointer, far: far !== '' }
}

/**
 * Opens the cluster, making it the first time.
 * @throws Fault `config_invalid` when the files are another user's or of another major version.
 */
export async function openCluster({
  folder,
  account,
  binaries,
}: OpenClusterOptions): Promise<PostgresCluster> {
  if (!(await exists(folder))) await createCluster({ folder, account, binaries })
  const data = path.join(folder, 'data')
  try {
    await checkVersion(data, binaries.major)
    const password = (await readFile(path.join(folder, 'password'), 'utf8')).trim()
    return { folder, data, password, account }
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault(
      'config_invalid',
      `The Postgres files in ${folder} cannot be read: ${(cause as Error).message}. Were they made by another user?`,
      { cause },
    )
  }
}

async function chooseFarFolder(pointer: string, account: Account): Promise<string> {
  const home = path.join(FAR_PLACE, randomBytes(8).toString('hex'))
  await mkdir(home, { recursive: true })
  await chmod(FAR_PLACE, 0o755)
  await chmod(home, 0o711)
  if (!(await canReach(home, account))) {
    throw new Fault(
      'config_invalid',
      `The user of Postgres can reach neither ${path.dirname(pointer)} nor ${home}.`,
    )
  }
  const folder = path.join(home, 'postgres')
  await noteOwner(home, path.dirname(pointer))
  if (await createFile(pointer, `${folder}\n`)) return folder
  await rm(home, { recursive: true })
  return (await readFile(pointer, 'utf8')).trim()
}

async function checkVersion(data: string, major: string): Promise<void> {
  const found = (await readFile(path.join(data, 'PG_VERSION'), 'utf8')).trim()
  if (found === major) return
  throw new Fault(
    'config_invalid',
    `${data} was made by Postgres ${found}, the embedded one is ${major}. Dump it with the old one, or set DATABASE_URL.`,
  )
}
