import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { type Refusal, refusal } from './refusal.ts'

export interface BodyLimits {
  /** Bytes after inflating. */
  readonly maxBodyBytes: number
  readonly bodyTimeoutMs: number
}

export type Body = { readonly kind: 'json'; readonly value: unknown } | Refusal

type Inflate = (raw: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>

const INFLATERS: ReadonlyMap<string, Inflate> = new Map([
  ['gzip', promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip)],
  ['deflate', promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate)],
  ['br', promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress)],
])

/** A body over the limit is read to its end, so that the client gets to read the 413, but only up to this many times the limit. */
const DRAIN_FACTOR = 8

/** Reads a JSON body: at most so many bytes, inflated if need be. What is not JSON is neither kept nor repeated. */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Body> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const inflate = INFLATERS.get(encoding)
  if (!isJsonOrText(request.headers['content-type'])) {
    return refusal(415, 'expected Content-Type application/json or text/plain, in UTF-8')
  }
  if (inflate === undefined && encoding !== 'identity') {
    return refusal(415, 'expected Content-Encoding gzip, br, deflate or none')
  }
  const raw = await collect(request, limits)
  if (!Buffer.isBuffer(raw)) return raw
  const inflated = inflate === undefined ? raw : await inflateUpTo(raw, inflate, limits.maxBodyBytes)
  return Buffer.isBuffer(inflated) ? parseJson(inflated) : inflated
}

function isJsonOrText(contentType: string | undefined): boolean {
  if (contentType === undefined) return true
  const [type = '', ...parameters] = contentType.toLowerCase().split(';')
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith('charset='))
  const isUtf8Charset = charset === undefined || /^charset="?(utf-?8|us-ascii)"?$/.test(charset)
  return isUtf8Charset && ['application/json', 'text/plain'].includes(type.trim())
}

function collect(request: IncomingMessage, limits: BodyLimits): Promise<Buffer | Refusal> {
  const { maxBodyBytes, bodyTimeoutMs } = limits
  const mostToDrain = maxBodyBytes * DRAIN_FACTOR
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const settle = (result: Buffer | Refusal): void => {
      clearTimeout(timer)
      resolve(result)
    }
    const giveUp = (status: 408 | 413, detail: string): void =>
      settle({ ...refusal(status, detail), closeConnection: true })
    const timer = setTimeout(
      () => giveUp(408, `expected the whole body within ${bodyTimeoutMs} ms`),
      bodyTimeoutMs,
    )
    if (Number(request.headers['content-length'] ?? 0) > mostToDrain) giveUp(413, tooLarge(maxBodyBytes))
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maxBodyBytes) chunks.push(chunk)
      else chunks.length = 0
      if (bytes > mostToDrain) giveUp(413, tooLarge(maxBodyBytes))
    })
    request.once('end', () =>
      settle(bytes <= maxBodyBytes ? Buffer.concat(chunks, bytes) : refusal(413, tooLarge(maxBodyBytes))),
    )
    request.once('error', () => settle(refusal(400, 'The request ended before its body did')))
  })
}

function tooLarge(maxBodyBytes: number): string {
  return `expected a body of at most ${maxBodyBytes} bytes, inflated`
}

/** Stops inflating at the limit: a gzip bomb costs no more than the largest honest body. */
async function inflateUpTo(
  raw: Buffer,
  inflate: Inflate,
  maxOutputLength: number,
): Promise<Buffer | Refusal> {
  try {
    return await inflate(raw, { maxOutputLength })
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? refusal(413, tooLarge(maxOutputLength))
      : refusal(400, 'expected a body in the encoding that Content-Encoding names')
  }
}

function parseJson(body: Buffer): Body {
  if (!isUtf8(body)) return refusal(400, 'expected a body in UTF-8')
  const text = body.toString('utf8')
  try {
    return { kind: 'json', value: JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) }
  } catch {
    return refusal(400, 'expected a body of JSON')
  }
}
