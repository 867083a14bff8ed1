import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { Fault } from '@millrace/contracts/fault'
import type { Rejection } from '@millrace/contracts/rejection'
import { type Batch, MAX_BATCH_BYTES } from './make-batches.ts'
import { retryDelayMs } from './retry-delay.ts'

export interface PostDeps {
  readonly fetch: typeof fetch
  readonly now: () => Date
  /** Rejects when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** From 0 to 1. */
  readonly random: () => number
}

export interface PostOptions {
  /** Of the API, without a path. */
  readonly url: string
  readonly key: string
  /** A batch that is not taken for so long is given up. */
  readonly giveUpAfterMs: number
  /** The same while nothing has answered yet: more likely than a server that is away is an address that is wrong. */
  readonly firstAnswerMs: number
  /** Called before each wait, with what went wrong. */
  onRetry(reason: string, delayMs: number): void
}

export interface Receipt {
  readonly accepted: number
  /** Not kept, for want of consent. */
  readonly suppressed: number
  readonly rejected: readonly Pick<Rejection, 'messageId' | 'code' | 'path' | 'detail'>[]
}

type Answer =
  | { readonly kind: 'receipt'; readonly receipt: Receipt }
  | { readonly kind: 'again'; readonly reason: string; readonly retryAfter: string | null }
  | { readonly kind: 'silence'; readonly reason: string; readonly retryAfter: null }

const REQUEST_TIMEOUT_MS = 60_000
// Overload and a server that is away or restarting; a repeated messageId counts once, so that sending again is safe.
const AGAIN: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

const gzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gzip)

/** Posts one batch, again and again while the API is away or too busy; the signal ends the waiting between. */
export type PostBatch = (batch: Batch, signal: AbortSignal) => Promise<Receipt>

/** @throws Fault `config_invalid` for an answer that will not change, `log_unavailable` when it was given up. */
export function createPostBatch(deps: PostDeps, options: PostOptions): PostBatch {
  const { now, sleep, random } = deps
  let isAnswered = false
  return async function postBatch(batch, signal) {
    const tooLarge = refuseTooLarge(batch)
    if (tooLarge) return tooLarge
    const started = now().getTime()
    for (let failures = 0; ; failures++) {
      const answer = await postOnce(deps, options, batch)
      isAnswered ||= answer.kind !== 'silence'
      if (answer.kind === 'receipt') return answer.receipt
      const patienceMs = isAnswered ? options.giveUpAfterMs : options.firstAnswerMs
      const triedMs = now().getTime() - started
      if (triedMs >= patienceMs) throw givenUp(triedMs, answer.reason, isAnswered)
      const delayMs = retryDelayMs({ failures, retryAfter: answer.retryAfter, now: now(), random: random() })
      options.onRetry(answer.reason, delayMs)
      await sleep(delayMs, signal)
    }
  }
}

function givenUp(afterMs: number, reason: string, isAnswered: boolean): Fault {
  const advice = isAnswered
    ? ''
    : '. Is it running? Start it with `npm start`, or set --url (or MILLRACE_URL)'
  return new Fault('log_unavailable', `Given up after ${Math.round(afterMs / 1000)} s: ${reason}${advice}`)
}

/** An event that fits into no body is not sent: the API would refuse the body, not the event. */
function refuseTooLarge({ events }: Batch): Receipt | undefined {
  const [event] = events
  if (!event || events.length > 1 || Buffer.byteLength(event.json) < MAX_BATCH_BYTES) return undefined
  const detail = `expected at most ${MAX_BATCH_BYTES} bytes`
  return {
    accepted: 0,
    suppressed: 0,
    rejected: [{ messageId: event.messageId, code: 'too_large', path: '', detail }],
  }
}

async function postOnce({ fetch, now }: PostDeps, { url, key }: PostOptions, batch: Batch): Promise<Answer> {
  let response: Response
  let text: string
  try {
    response = await fetch(new URL('/v1/events', url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      },
      body: await encodeBody(batch, now()),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    text = await response.text()
  } catch (error) {
    return { kind: 'silence', reason: `no answer from ${url} (${networkReason(error)})`, retryAfter: null }
  }
  return readAnswer(response, text)
}

/** sentAt is that of this attempt: the API takes the sender's clock from it. */
async function encodeBody({ events }: Batch, sentAt: Date): Promise<Uint8Array<ArrayBuffer>> {
  const json = `{"sentAt":"${sentAt.toISOString()}","batch":[${events.map((event) => event.json).join(',')}]}`
  return new Uint8Array(await gzip(Buffer.from(json), { level: zlib.constants.Z_BEST_SPEED }))
}

function networkReason(error: unknown): string {
  const { name, cause } = error as Error
  if (name === 'TimeoutError') return 'timeout'
  const { code, message } = (cause ?? {}) as Partial<NodeJS.ErrnoException>
  return code ?? message ?? name
}

function readAnswer(response: Response, text: string): Answer {
  const { status, headers } = response
  if (AGAIN.has(status)) {
    return { kind: 'again', reason: `the API answered ${status}`, retryAfter: headers.get('retry-after') }
  }
  const body = parseJson(text)
  // 400 with a list: every event was invalid. Without: nothing was looked at, and the body only has a receipt's form.
  if (isReceipt(body) && (response.ok || body.rejected.length > 0)) return { kind: 'receipt', receipt: body }
  const hint = HINTS.get(status) ?? (response.ok ? NOT_OURS : undefined)
  throw new Fault('config_invalid', `The API answered ${status}${hint ? `: ${hint}` : ''}${detailOf(body)}`)
}

const NOT_OURS = 'is this the URL of the ingest API? (--url or MILLRACE_URL)'
const HINTS: ReadonlyMap<number, string> = new Map([
  [401, 'the write key is missing or unknown (--key or MILLRACE_KEY)'],
  [403, 'the write key may not be used from here'],
  [404, NOT_OURS],
])

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isReceipt(body: unknown): body is Receipt {
  const { accepted, rejected } = (body ?? {}) as Partial<Receipt>
  return typeof accepted === 'number' && Array.isArray(rejected)
}

function detailOf(body: unknown): string {
  const { detail } = (body ?? {}) as { detail?: unknown }
  return typeof detail === 'string' ? ` (${detail.slice(0, 300)})` : ''
}
