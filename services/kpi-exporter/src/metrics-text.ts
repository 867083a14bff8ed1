import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { RequestHandler } from 'express'
import { CONTENT_TYPE } from './exposition.ts'

const compress = promisify(gzip)
/** The fastest: 500 KB of gauges take 4 ms and become a fifteenth. */
const LEVEL = 1

export interface MetricsText {
  /** What is served from now on. */
  replace(text: string): void
  readonly serve: RequestHandler
}

/** Serves a text made beforehand, so that a scrape costs next to nothing; compressed once, when first asked for so. */
export function createMetricsText(): MetricsText {
  let plain = Buffer.alloc(0)
  let compressed: Promise<Buffer> | undefined
  return {
    replace(text) {
      plain = Buffer.from(text)
      compressed = undefined
    },
    async serve(request, response) {
      response.set('Content-Type', CONTENT_TYPE).vary('Accept-Encoding')
      if (request.acceptsEncodings('gzip', 'identity') !== 'gzip') {
        response.end(plain)
        return
      }
      compressed ??= compress(plain, { level: LEVEL })
      response.set('Content-Encoding', 'gzip').end(await compressed)
    },
  }
}
