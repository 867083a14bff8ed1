import type { Logger } from '@millrace/runtime/logger'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { errorBody } from './answer.ts'
import { requestIdIn } from './watch-requests.ts'

export const answerNotFound: RequestHandler = (_request, response) => {
  response.status(404).json(errorBody(requestIdIn(response), 'no such path: see /docs'))
}

/** 405 with `Allow`, for a path that exists. */
export function methodNotAllowed(allow: string): RequestHandler {
  return (_request, response) => {
    response
      .status(405)
      .set('Allow', allow)
      .json(errorBody(requestIdIn(response), `expected one of the methods ${allow}`))
  }
}

/** What nobody foresaw: a 500 that says nothing of it, and a line that says all but the request. */
export function answerError(logger: Logger): ErrorRequestHandler {
  return (error, _request, response, next) => {
    const requestId = requestIdIn(response)
    const asked = (error as { status?: unknown }).status
    const status = typeof asked === 'number' && asked >= 400 && asked < 500 ? asked : 500
    if (status === 500) logger.error({ err: error, requestId }, 'could not answer a request')
    if (response.headersSent) return next(error)
    const detail = status === 500 ? 'something is wrong here: try again later' : 'expected another request'
    response.status(status).json(errorBody(requestId, detail))
  }
}
