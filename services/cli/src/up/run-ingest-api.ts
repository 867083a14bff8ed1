import { randomUUID } from 'node:crypto'
import { createIngestApi } from '@millrace/ingest-api/create-ingest-api'
import { closeAll } from '@millrace/runtime/close-on-signal'
import { serve } from '@millrace/runtime/serve'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { createScrubber } from '@millrace/scrub/create-scrubber'
import { VERSION } from '../version.ts'
import { openLog } from './open-log.ts'
import type { RunningService, ServiceDeps } from './service-deps.ts'

export async function runIngestApi(deps: ServiceDeps): Promise<RunningService> {
  const { config, keys, logger, now } = deps
  const log = openLog(deps, 'ingest-api', 'millrace_ingest')
  const app = createIngestApi({
    keys: keys.writeKeys,
    log,
    scrubber: createScrubber({ pseudonymKey: keys.pseudonymKey }),
    now,
    newRequestId: randomUUID,
    logger,
    registry: createServiceMetrics({ process: true }),
    version: VERSION,
    limits: { maxEventAgeDays: config.MAX_EVENT_AGE_DAYS, consentPolicy: config.CONSENT_POLICY },
    ...(config.TRUST_PROXY === undefined ? {} : { trustProxy: config.TRUST_PROXY }),
  })
  const server = await serve(app, { port: config.INGEST_PORT, host: config.BIND_HOST })
  return { url: server.url, close: async () => void (await closeAll([server, log], logger)) }
}
