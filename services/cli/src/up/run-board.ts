import { createBoard } from '@millrace/board/create-board'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { closeAll } from '@millrace/runtime/close-on-signal'
import { serve } from '@millrace/runtime/serve'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import type { RunningService, ServiceDeps } from './service-deps.ts'

/** `apiUrl`: where the API answers in this process; INGEST_URL is where browsers reach it, if that is elsewhere. */
export async function runBoard(
  { config, databaseUrl, keys, logger, now }: ServiceDeps,
  apiUrl: string,
): Promise<RunningService> {
  // A key for certain pages or events would not do for the board's own page and samples.
  const publicKey = keys.writeKeys.find(
    ({ kind, origins, events, canary }) => kind === 'public' && !origins && !events && !canary,
  )
  const board = await createBoard({
    databaseUrl,
    kpis: await loadKpis(),
    now,
    timeZone: config.BUSINESS_TIME_ZONE,
    ingestUrl: config.INGEST_URL ?? apiUrl,
    publicKey: publicKey?.key,
    refreshSeconds: config.BOARD_REFRESH_SECONDS,
    logger,
    registry: createServiceMetrics(),
  })
  const server = await serve(board.app, { port: config.BOARD_PORT, host: config.BIND_HOST })
  return { url: server.url, close: async () => void (await closeAll([server, board], logger)) }
}
