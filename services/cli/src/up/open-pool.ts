import { createPool } from '@millrace/warehouse/database'
import type { Pool } from 'pg'
import type { ServiceDeps } from './service-deps.ts'

/** A service's own connections to the warehouse, in a role of its own. */
export function openPool(
  { databaseUrl, logger }: Pick<ServiceDeps, 'databaseUrl' | 'logger'>,
  service: string,
  role: string,
): Pool {
  const pool = createPool({
    url: databaseUrl,
    role,
    name: service,
    onError: (error) => {
      // A pool has ended a moment before its connections have: Postgres, stopping after us, may be the one to end them.
      if (!pool.ending) logger.warn({ err: error }, 'lost an idle connection')
    },
  })
  return pool
}
