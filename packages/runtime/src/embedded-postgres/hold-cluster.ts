import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@millrace/contracts/fault'
import pg from 'pg'

export interface ClusterHold {
  /** Resolves when the connection is gone: the server died, or `release` was called. */
  readonly lost: Promise<void>
  release(): Promise<void>
}

/** Any number that nobody else locks in this database. */
const LOCK = 7_105_213
const TRIES = 5
const PAUSE_MS = 200
const RELEASE_MS = 300
const NAME = /pid (\d+)/

/**
 * Takes the one right to use and stop a cluster. It is a lock of a database session, so it ends with our process,
 * however that ends.
 * @throws Fault `already_running` that names the process which has it.
 */
export async function holdCluster(url: string, dataDir: string): Promise<ClusterHold> {
  const client = new pg.Client({ connectionString: url, application_name: `millrace pid ${process.pid}` })
  const lost = new Promise<void>((resolve) => client.once('end', resolve))
  client.on('error', () => {})
  await client.connect()
  // A server that does not answer any more must not keep us from stopping it.
  const release = (): Promise<void> =>
    Promise.race([client.end(), sleep(RELEASE_MS, undefined, { ref: false })])
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
      LOCK,
    ])
    if (rows[0]?.taken) return { lost, release }
    // The session of a process that was killed a moment ago needs a moment to end.
    if (attempt < TRIES) await sleep(PAUSE_MS)
  }
  const holder = await findHolder(client)
  await release()
  throw alreadyRunning(dataDir, holder)
}

/** What a second process on one data folder is told. */
export function alreadyRunning(dataDir: string, holder: number | undefined): Fault {
  return new Fault(
    'already_running',
    `Millrace is already running on ${dataDir} (pid ${holder ?? 'unknown'}). Stop it first, or set DATA_DIR to another folder.`,
  )
}

/** The id of the process that holds the cluster; undefined when none does. */
export async function findHolder(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ name: string }>(
    `select a.application_name as name
     from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.objid = $1 and l.granted`,
    [LOCK],
  )
  const pid = NAME.exec(rows[0]?.name ?? '')?.[1]
  return pid === undefined ? undefined : Number(pid)
}
