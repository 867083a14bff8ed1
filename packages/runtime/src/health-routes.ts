import { Router } from 'express'
import type { Registry } from 'prom-client'
import { endsWithin } from './ends-within.ts'

export interface HealthOptions {
  /** Dependency name to a check that rejects while the dependency cannot be used. */
  readonly checks: Readonly<Record<string, () => Promise<unknown>>>
  readonly registry: Registry
  /** Where the service's own metrics stand. */
  readonly metricsPath?: string
}

/** Who probes us gives up soon after. */
const PATIENCE_MS = 2_000

/** `/health/live`, `/health/ready` (503 while a check fails or does not answer, naming it) and the service's own metrics. */
export function healthRoutes({ checks, registry, metricsPath = '/metrics' }: HealthOptions): Router {
  const router = Router()
  router.get('/health/live', (_request, response) => {
    response.json({ status: 'live' })
  })
  router.get('/health/ready', async (_request, response) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await passes(check)] as const),
    )
    const ready = results.every(([, ok]) => ok)
    response
      .status(ready ? 200 : 503)
      .json({ status: ready ? 'ready' : 'not_ready', checks: Object.fromEntries(results) })
  })
  router.get(metricsPath, async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics())
  })
  return router
}

async function passes(check: () => Promise<unknown>): Promise<boolean> {
  try {
    return await endsWithin(PATIENCE_MS, check())
  } catch {
    return false
  }
}
