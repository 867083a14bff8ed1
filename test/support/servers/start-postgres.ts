import { existsSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import path from 'node:path'
import { clusterUrl } from '@millrace/runtime/embedded-postgres/cluster-url'
import { ensurePostmaster } from '@millrace/runtime/embedded-postgres/ensure-postmaster'
import { choosePostgresAccount } from '@millrace/runtime/embedded-postgres/postgres-account'
import { openCluster } from '@millrace/runtime/embedded-postgres/postgres-cluster'
import { createLogger } from '@millrace/runtime/logger'
import { onServer } from '../on-server.ts'
import { findPostgres, type PostgresMajor } from './find-postgres.ts'
import { freePort } from './free-ports.ts'
import { initPostgres15 } from './init-postgres-15.ts'
import { createPostmasterNode } from './postmaster-node.ts'
import type { ServerNode, ServerNodes } from './server-node.ts'
import { openFolder } from './temporary-folder.ts'

export interface StartPostgresOptions {
  readonly major: PostgresMajor
  /** Kept after the stop; a temporary one unless given. Where we are root, user postgres must be able to go in. */
  readonly folder?: string
  /** Every commit is on disk before it is answered, so that a kill of the machine would lose none. Off unless given. */
  readonly durable?: boolean
}

export interface StartedPostgres {
  /** The superuser's address of database `postgres`. */
  readonly url: string
  readonly nodes: ServerNodes
  stop(): Promise<void>
}

const logger = createLogger({ service: 'test-postgres', level: 'error' })
/** What is shared lies among the data: in /dev/shm a kill -9 would leave it behind. */
const SETTINGS = `
max_connections = 200
dynamic_shared_memory_type = mmap
`

/** A Postgres of the caller's own, that nobody revives when it is killed. @throws ServerMissing */
export async function startPostgres({
  major,
  folder: given,
  durable = false,
}: StartPostgresOptions): Promise<StartedPostgres> {
  const { folder, remove } = await openFolder(`postgres-${major}`, given)
  let node: ServerNode | undefined
  const stop = async (): Promise<void> => {
    // Without a checkpoint, but it gives its shared memory back.
    await node?.kill('SIGQUIT')
    await remove()
  }
  try {
    const account = await choosePostgresAccount()
    const binaries = await findPostgres(major, account, folder)
    const home = path.join(folder, 'postgres')
    const isNew = !existsSync(home)
    if (isNew && major === 15) await initPostgres15({ folder: home, initdb: binaries.initdb, account })
    const cluster = await openCluster({ folder: home, account, binaries })
    if (isNew) await appendFile(path.join(cluster.data, 'postgresql.conf'), SETTINGS)
    const port = await freePort()
    const url = clusterUrl(cluster, port, 'postgres')
    node = createPostmasterNode(cluster.data, async () => {
      const { signal } = new AbortController()
      await ensurePostmaster({ cluster, postgres: binaries.postgres, logger, port, signal })
    })
    await node.start()
    if (!durable) await makeQuick(url)
    return { url, nodes: [node], stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function makeQuick(url: string): Promise<void> {
  for (const name of ['fsync', 'full_page_writes']) await onServer(url, `alter system set ${name} = off`)
  await onServer(url, 'select pg_reload_conf()')
}
