import pg from 'pg'
import { clusterUrl, DATABASE } from './embedded-postgres/cluster-url.ts'
import { ensurePostmaster } from './embedded-postgres/ensure-postmaster.ts'
import { holdCluster } from './embedded-postgres/hold-cluster.ts'
import { preparePostgresBinaries } from './embedded-postgres/postgres-binaries.ts'
import { locateCluster, openCluster } from './embedded-postgres/postgres-cluster.ts'
import { stopPostmaster } from './embedded-postgres/stop-postmaster.ts'
import { supervisePostmaster } from './embedded-postgres/supervise-postmaster.ts'
import type { Logger } from './logger.ts'
import { makeDataDir } from './make-data-dir.ts'

export interface EmbeddedPostgresOptions {
  /** Made when it is missing. */
  readonly dataDir: string
  readonly logger: Logger
}

export interface EmbeddedPostgres {
  /** Superuser's address of database `millrace`. */
  readonly url: string
  readonly port: number
  /** It was still running, left by a process that was killed. */
  readonly adopted: boolean
  /** Stops the server, also an adopted one, within 5 s. */
  close(): Promise<void>
}

/**
 * Runs the Postgres of a data folder, from the server binaries that npm brought, and starts it again should it die.
 * @throws Fault `already_running` when another process uses the folder, `config_invalid` when this system or these
 * files do not allow it, `database_unavailable` when the server does not start.
 */
export async function startEmbeddedPostgres({
  dataDir: givenDir,
  logger,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = await makeDataDir(givenDir)
  const { folder, account } = await locateCluster(dataDir, logger)
  const binaries = await preparePostgresBinaries({ account, dataDir })
  const cluster = await openCluster({ folder, account, binaries })
  const stopping = new AbortController()
  const ensure = { cluster, postgres: binaries.postgres, logger, signal: stopping.signal }
  const { port, adopted } = await ensurePostmaster(ensure)
  const adminUrl = clusterUrl(cluster, port, 'postgres')
  const hold = await holdCluster(adminUrl, dataDir)
  try {
    await ensureDatabase(adminUrl)
  } catch (error) {
    await hold.release()
    await stopPostmaster(cluster.data, logger)
    throw error
  }
  const supervisor = supervisePostmaster({
    hold,
    revive: async () => {
      await ensurePostmaster({ ...ensure, port })
      return holdCluster(adminUrl, dataDir)
    },
    logger,
    signal: stopping.signal,
  })
  return {
    url: clusterUrl(cluster, port, DATABASE),
    port,
    adopted,
    async close() {
      stopping.abort()
      if (await supervisor) await stopPostmaster(cluster.data, logger)
    },
  }
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  // The statement under way tells of a lost connection; unheard here, the same error would end the process.
  client.on('error', () => {})
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
}
