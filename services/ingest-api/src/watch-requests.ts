import type { Logger } from '@millrace/runtime/logger'
import type { RequestHandler, Response } from 'express'
import type { IngestMetrics } from './ingest-metrics.ts'
import { requestIdOf } from './request-id.ts'

export interface WatchDeps {
  readonly metrics: IngestMetrics
  readonly logger: Logger
  readonly newRequestId: () => string
}

/** An outage or too much load is one thing to tell, not one for each request. */
const SAY_REFUSED_EVERY_MS = 10_000

/** Gives every request its id, and counts, times and logs it when it is answered. Never logs a body, key or query. */
export function watchRequests({ metrics, logger, newRequestId }: WatchDeps): RequestHandler {
  let refusedSaidAt = Number.NEGATIVE_INFINITY
  let refused = 0
  function sayRefused(): void {
    refused += 1
    if (performance.now() - refusedSaidAt < SAY_REFUSED_EVERY_MS) return
    logger.warn({ requests: refused }, 'requests were refused with 503')
    refusedSaidAt = performance.now()
    refused = 0
  }

  return (request, response, next) => {
    const requestId = requestIdOf(request.headers['x-request-id'], newRequestId)
    response.locals.requestId = requestId
    response.setHeader('X-Request-Id', requestId)
    const startedAt = process.hrtime.bigint()
    metrics.requestsInFlight.inc()
    response.once('close', () => {
      const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9
      const route = routeOf(request.route)
      const status = response.statusCode
      metrics.requestsInFlight.dec()
      metrics.requests.inc({ route, status })
      metrics.requestSeconds.observe({ route }, seconds)
      const line = { requestId, method: request.method, route, status, seconds }
      if (status === 503 && route.startsWith('/v1/')) sayRefused()
      if (status >= 500 && status !== 503) logger.warn(line, 'request failed')
      else logger.debug(line, 'request')
    })
    next()
  }
}

export function requestIdIn(response: Response): string {
  return response.locals.requestId as string
}

/** The declared path, so that the label has a closed list of values. */
function routeOf(route: { path?: unknown } | undefined): string {
  return typeof route?.path === 'string' ? route.path : 'unmatched'
}
