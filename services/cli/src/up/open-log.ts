import type { EventLog } from '@millrace/event-log/event-log'
import { createPostgresLog } from '@millrace/event-log/postgres'
import type { ServiceDeps } from './service-deps.ts'

/** The event log as one service sees it: with connections and a role of its own. */
export function openLog(
  { databaseUrl, logger, now }: Pick<ServiceDeps, 'databaseUrl' | 'logger' | 'now'>,
  service: string,
  role: string,
): EventLog {
  return createPostgresLog({
    connection: databaseUrl,
    clientName: service,
    role,
    now,
    onError: (message, error) => logger.warn({ err: error }, message),
  })
}
