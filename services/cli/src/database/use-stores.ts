import type { Archive } from '@millrace/archive/archive'
import { openArchive } from '@millrace/archive/open-archive'
import type { EventLog } from '@millrace/event-log/event-log'
import { openLog } from '@millrace/event-log/open-log'
import { dataDir } from '@millrace/runtime/config-fields'
import { archiveFields, logFields } from '@millrace/runtime/connection-fields'
import { readConfig } from '@millrace/runtime/read-config'
import { createPool } from '@millrace/warehouse/database'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { CommandDeps } from '../command-deps.ts'
import { noteSurvived } from '../note-survived.ts'
import { findDatabaseUrl } from './use-database.ts'

export interface Stores {
  readonly log: EventLog
  readonly archive: Archive
  readonly pool: Pool
}

const Config = z.object({
  ...logFields,
  ...archiveFields,
  DATA_DIR: dataDir,
})

/**
 * Gives the work the log, the archive and the database that are configured, or those of the `millrace up` that runs on
 * DATA_DIR, and closes them after.
 * @throws Fault `config_invalid` when there is no database.
 */
export async function useStores<T>(
  { env, note, now }: Pick<CommandDeps, 'env' | 'note' | 'now'>,
  work: (stores: Stores) => Promise<T>,
): Promise<T> {
  const config = readConfig(Config, env)
  const databaseUrl = await findDatabaseUrl(env)
  const onError = noteSurvived(note)
  const log = await openLog({ ...config, DATABASE_URL: databaseUrl }, { clientName: 'cli', now, onError })
  const archive = await openArchive(config, onError)
  const pool = createPool({ url: databaseUrl, name: 'cli' })
  try {
    return await work({ log, archive, pool })
  } finally {
    await Promise.all([log.close(), pool.end(), archive.close()])
  }
}
