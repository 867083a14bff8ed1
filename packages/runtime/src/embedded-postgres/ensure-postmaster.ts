import { statfs } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@millrace/contracts/fault'
import pg from 'pg'
import type { Logger } from '../logger.ts'
import { choosePort } from './choose-port.ts'
import { clusterUrl } from './cluster-url.ts'
import type { PostgresCluster } from './postgres-cluster.ts'
import { findPostmaster } from './postmaster.ts'
import { lastWords, type StartedPostmaster, startPostmaster } from './start-postmaster.ts'

export interface EnsureOptions {
  readonly cluster: PostgresCluster
  readonly postgres: string
  readonly logger: Logger
  /** A server that died comes back where its clients look for it. */
  readonly port?: number
  readonly signal: AbortSignal
}

export interface ReadyPostmaster {
  readonly port: number
  /** It was running already. */
  readonly adopted: boolean
}

const POLL_MS = 40
const PATIENCE_MS = 10_000
/** After a kill -9 the shared memory is free only when the last backend has noticed, so a start may fail a few times. */
const STARTS = 6
const PAUSE_MS = 700
/** A server on a full disk often cannot say so: its log is on the same one. */
const SCARCE_MEGABYTES = 64

/**
 * Resolves when a server runs on the cluster and takes connections: one that runs already, else a new one. One that is
 * recovering is waited for as long as it lives, one that is stopping is waited for and started again.
 * @throws Fault `database_unavailable` with the server's last words.
 */
export async function ensurePostmaster(options: EnsureOptions): Promise<ReadyPostmaster> {
  const { cluster, logger, signal } = options
  let started: StartedPostmaster | undefined
  let starts = 0
  let sayAt = performance.now() + PATIENCE_MS
  for (;;) {
    signal.throwIfAborted()
    const running = await findPostmaster(cluster.data)
    if (running && (await takesConnections(cluster, running.port))) {
      return { port: running.port, adopted: started === undefined }
    }
    if (!running && started?.exitCode() !== null) {
      if (starts === STARTS) throw await didNotStart(cluster)
      if (starts > 0) await sleep(PAUSE_MS, undefined, { signal })
      starts += 1
      const port = options.port ?? (await choosePort(cluster.folder))
      started = await start(options, port)
    }
    if (performance.now() > sayAt) {
      logger.info({ pid: running?.pid }, 'Postgres is not ready yet, still waiting')
      sayAt = performance.now() + PATIENCE_MS
    }
    await sleep(POLL_MS, undefined, { signal })
  }
}

async function start({ cluster, postgres }: EnsureOptions, port: number): Promise<StartedPostmaster> {
  try {
    return await startPostmaster(cluster, postgres, port)
  } catch (cause) {
    throw new Fault('database_unavailable', `Could not run ${postgres}: ${(cause as Error).message}`, {
      cause,
    })
  }
}

async function didNotStart(cluster: PostgresCluster): Promise<Fault> {
  const said = `Its last words:\n${await lastWords(cluster)}`
  const { bavail, bsize } = await statfs(cluster.folder)
  const freeMegabytes = Math.floor((bavail * bsize) / 1_000_000)
  const why = freeMegabytes < SCARCE_MEGABYTES ? `Its disk has ${freeMegabytes} MB left. ${said}` : said
  return new Fault(
    'database_unavailable',
    `The embedded Postgres in ${cluster.folder} does not start. ${why}`,
  )
}

/** False while it starts, stops or recovers. */
async function takesConnections(cluster: PostgresCluster, port: number): Promise<boolean> {
  if (port === 0) return false
  const client = new pg.Client({
    connectionString: clusterUrl(cluster, port, 'postgres'),
    connectionTimeoutMillis: 5000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch (cause) {
    if ((cause as { code?: string }).code !== '28P01') return false
    throw new Fault('config_invalid', `The password in ${cluster.folder} does not open its Postgres.`, {
      cause,
    })
  } finally {
    await client.end().catch(() => {})
  }
}
