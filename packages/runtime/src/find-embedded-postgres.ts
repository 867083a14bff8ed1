import { readFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { clusterUrl, DATABASE } from './embedded-postgres/cluster-url.ts'
import { findHolder } from './embedded-postgres/hold-cluster.ts'
import { expectedFolder } from './embedded-postgres/postgres-cluster.ts'
import { findPostmaster } from './embedded-postgres/postmaster.ts'

export interface FoundPostgres {
  /** Superuser's address of database `millrace`. */
  readonly url: string
  /** The process that started or adopted it; undefined when that was killed. */
  readonly holder: number | undefined
}

/** The embedded Postgres that runs on a data folder now and takes connections; undefined when there is none. */
export async function findEmbeddedPostgres(dataDir: string): Promise<FoundPostgres | undefined> {
  const { folder } = await expectedFolder(path.resolve(dataDir))
  const postmaster = await findPostmaster(path.join(folder, 'data')).catch(() => undefined)
  if (!postmaster?.port) return undefined
  const password = (await readFile(path.join(folder, 'password'), 'utf8')).trim()
  const url = clusterUrl({ password }, postmaster.port, DATABASE)
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return { url, holder: await findHolder(client) }
  } catch {
    return undefined
  } finally {
    await client.end().catch(() => {})
  }
}
