import { createLoader } from '@millrace/loader/create-loader'
import { closeAll } from '@millrace/runtime/close-on-signal'
import { serveHealth } from '@millrace/runtime/serve-health'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { openLog } from './open-log.ts'
import { openPool } from './open-pool.ts'
import type { RunningService, ServiceDeps } from './service-deps.ts'

const ROLE = 'millrace_loader'

export async function runLoader(deps: ServiceDeps): Promise<RunningService> {
  const { config, logger } = deps
  const registry = createServiceMetrics()
  const log = openLog(deps, 'loader', ROLE)
  const pool = openPool(deps, 'loader', ROLE)
  const loader = await createLoader({ pool, log, timeZone: config.BUSINESS_TIME_ZONE, logger, registry })
  const server = await serveHealth({
    port: config.LOADER_PORT,
    host: config.BIND_HOST,
    checks: { postgres: () => pool.query('select 1') },
    registry,
  })
  const parts = [server, loader, log, { close: () => pool.end() }]
  return { url: server.url, close: async () => void (await closeAll(parts, logger)) }
}
