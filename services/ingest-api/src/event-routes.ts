import type { EventType } from '@millrace/contracts/parsed-event'
import { type RequestHandler, type Response, Router } from 'express'
import type { Answer } from './answer.ts'
import { methodNotAllowed } from './answer-otherwise.ts'
import type { Cors } from './cors.ts'
import { type BodyLimits, readBody } from './read-body.ts'
import type { ReceiveEvents } from './receive-events.ts'
import { requestIdIn } from './watch-requests.ts'

/** Where events are posted, and the type of an event there that names none. The short paths are analytics.js's. */
const PATHS: readonly (readonly [path: string, defaultType?: EventType])[] = [
  ['/v1/events'],
  ['/v1/batch'],
  ['/v1/track', 'track'],
  ['/v1/identify', 'identify'],
  ['/v1/page', 'page'],
  ['/v1/screen', 'screen'],
  ['/v1/group', 'group'],
  ['/v1/alias', 'alias'],
  ['/v1/b'],
  ['/v1/t', 'track'],
  ['/v1/i', 'identify'],
  ['/v1/p', 'page'],
  ['/v1/s', 'screen'],
  ['/v1/g', 'group'],
  ['/v1/a', 'alias'],
]
const METHODS = 'POST, OPTIONS'

export interface EventRoutesDeps {
  readonly receiveEvents: ReceiveEvents
  readonly cors: Cors
  readonly limits: BodyLimits
}

/** Every path that takes events, with its preflight. */
export function eventRoutes(deps: EventRoutesDeps): Router {
  const router = Router()
  for (const [path, defaultType] of PATHS) {
    router.post(path, postEvents(deps, defaultType))
    router.options(path, (request, response) => {
      const headers = deps.cors.preflightHeaders(request.headers.origin)
      response.writeHead(204, { Allow: METHODS, ...headers }).end()
    })
    router.all(path, methodNotAllowed(METHODS))
  }
  return router
}

function postEvents(
  { receiveEvents, cors, limits }: EventRoutesDeps,
  defaultType?: EventType,
): RequestHandler {
  return async (request, response) => {
    const answer = await receiveEvents({
      requestId: requestIdIn(response),
      headers: request.headers,
      ip: request.ip,
      defaultType,
      readBody: () => readBody(request, limits),
    })
    send(response, answer, cors.answerHeaders(request.headers.origin, answer.key))
  }
}

function send(response: Response, answer: Answer, headers: Readonly<Record<string, string>>): void {
  const { status, body, retryAfterSeconds, closeConnection } = answer
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
    ...(retryAfterSeconds !== undefined && { 'Retry-After': retryAfterSeconds }),
    // A challenge that opens no password window in a browser.
    ...(status === 401 && { 'WWW-Authenticate': 'Bearer realm="millrace"' }),
    ...(closeConnection && { Connection: 'close' }),
  })
  response.end(text)
}
