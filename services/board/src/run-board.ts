import { loadKpis } from '@millrace/kpis/load-kpis'
import { openService, type RunningService, type ServiceDeps } from '@millrace/runtime/running-service'
import { serve } from '@millrace/runtime/serve'
import type { Config } from './config.ts'
import { createBoard } from './create-board.ts'

/** The board. While Postgres is away or not migrated yet the page says so. */
export function runBoard({ config, logger, registry, now }: ServiceDeps<Config>): Promise<RunningService> {
  return openService(logger, async (keep) => {
    const board = keep(
      await createBoard({
        databaseUrl: config.DATABASE_URL,
        kpis: await loadKpis(config.MILLRACE_DEFINITIONS),
        now,
        timeZone: config.BUSINESS_TIME_ZONE,
        ingestUrl: config.INGEST_URL,
        publicKey: config.PUBLIC_WRITE_KEY,
        refreshSeconds: config.BOARD_REFRESH_SECONDS,
        logger,
        registry,
      }),
    )
    const server = keep(await serve(board.app, { port: config.BOARD_PORT, host: config.BIND_HOST }))
    return { url: server.url }
  })
}
