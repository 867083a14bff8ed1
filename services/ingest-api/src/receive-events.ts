import type { IncomingHttpHeaders } from 'node:http'
import { IN_FLIGHT_MS } from '@millrace/contracts/in-flight'
import { MAX_EVENTS, type ParsedBatch, parseBatch, readWriteKey } from '@millrace/contracts/parse-batch'
import type { EventType } from '@millrace/contracts/parsed-event'
import type { WriteKey } from '@millrace/contracts/write-key'
import { endsWithin } from '@millrace/runtime/ends-within'
import { type Answer, answerJudged, answerRefused } from './answer.ts'
import { authenticate, authenticateByBody, type WriteKeysByKey } from './authenticate.ts'
import { browserSignal } from './consent.ts'
import { type GroupCommit, isWeather } from './group-commit.ts'
import type { Circumstances, JudgeBatch, Judged } from './judge-batch.ts'
import { publishEvents } from './publish-events.ts'
import type { RateLimit } from './rate-limit.ts'
import { countEvents } from './raw-event.ts'
import type { Body } from './read-body.ts'
import { type Refusal, refusal } from './refusal.ts'
import { type RequestStamp, requestStamp } from './stamp-event.ts'
import { traceParentOf } from './trace-parent.ts'

/** One request to store events, as far as HTTP goes. */
export interface IngestRequest {
  readonly requestId: string
  readonly headers: IncomingHttpHeaders
  readonly ip: string | undefined
  /** What an event is that names no type, by the path. */
  readonly defaultType: EventType | undefined
  readBody(): Promise<Body>
}

export interface ReceiveDeps {
  readonly keys: WriteKeysByKey
  readonly rateLimit: RateLimit
  readonly judgeBatch: JudgeBatch
  readonly commit: GroupCommit
  /** `DNT: 1` is a denial. */
  readonly honourDnt: boolean
  readonly now: () => Date
  /** Told once for each request whose events are judged and stored. */
  readonly onJudged: (judged: Judged) => void
}

export type ReceiveEvents = (request: IngestRequest) => Promise<Answer>

const STORE_AGAIN_SECONDS = 5

/** From receivedAt on: 2 s for the log and up to 2.5 s for the spool, with time left to say so. */
const STORE_WITHIN_MS = IN_FLIGHT_MS - 200
const NOT_STORED = 'Not all events are known to be stored: send all of them again with the same messageIds'

/**
 * The story of a request. Every event is judged before any is published; the answer says 202 only when all that was
 * accepted is durable.
 */
export function createReceiver({
  keys,
  rateLimit,
  judgeBatch,
  commit,
  honourDnt,
  now,
  onJudged,
}: ReceiveDeps): ReceiveEvents {
  return async function receiveEvents(request) {
    const { requestId, defaultType } = request
    if (commit.isFull()) return answerRefused(requestId, refusal(503, NOT_STORED, STORE_AGAIN_SECONDS))
    const caller = await identify(request, keys)
    if (caller.kind === 'refused') return answerRefused(requestId, caller, caller.key)
    const { key, body } = caller

    // A body of too many counts as the largest batch: it would never pass, and is to be told so.
    const waitSeconds = await rateLimit(key, Math.min(countEvents(body), MAX_EVENTS))
    if (waitSeconds !== undefined) return answerRefused(requestId, tooFast(waitSeconds), key)

    const batch = parseBatch(body, { key, ...(defaultType && { defaultType }) })
    if (batch.kind !== 'batch') return answerRefused(requestId, notABatch(batch), key)

    // Not before the body is whole: between this time and the publish nothing waits for the client.
    const receivedAt = now()
    const stamp = stampOf(request, key, batch.sentAt, receivedAt)
    const judged = judgeBatch(batch, circumstancesOf(request, key, body, stamp))
    if (!(await isStored(judged, receivedAt))) {
      return answerRefused(requestId, refusal(503, NOT_STORED, STORE_AGAIN_SECONDS), key)
    }
    onJudged(judged)
    return answerJudged(requestId, key, judged)
  }

  function circumstancesOf(
    { headers, ip, defaultType }: IngestRequest,
    key: WriteKey,
    body: unknown,
    stamp: RequestStamp,
  ): Circumstances {
    return {
      body,
      defaultType,
      stamp,
      sender: { userAgent: headers['user-agent'], ip, keyKind: key.kind, source: key.source },
      signal: browserSignal(headers, honourDnt),
    }
  }

  /** Whether all is known to be durable in time. The time of day counts too: a machine that slept knows no better. */
  async function isStored(judged: Judged, receivedAt: Date): Promise<boolean> {
    try {
      const inTime = await endsWithin(STORE_WITHIN_MS, publishEvents(commit, judged, receivedAt))
      return inTime && now().getTime() - receivedAt.getTime() < IN_FLIGHT_MS
    } catch (error) {
      if (!isWeather(error)) throw error
      return false
    }
  }
}

type Identified = { readonly kind: 'known'; readonly key: WriteKey; readonly body: unknown }

/** The key and the body. A bad key in a header is refused before the body is read. */
async function identify(
  request: IngestRequest,
  keys: WriteKeysByKey,
): Promise<Identified | (Refusal & { key?: WriteKey })> {
  const named = authenticate(keys, request.headers)
  if (named.kind === 'refused') return named
  const body = await request.readBody()
  if (body.kind === 'refused') return named.kind === 'known' ? { ...body, key: named.key } : body
  const caller =
    named.kind === 'known'
      ? named
      : authenticateByBody(keys, readWriteKey(body.value), request.headers.origin)
  return caller.kind === 'known' ? { ...caller, body: body.value } : caller
}

function tooFast(waitSeconds: number): Refusal {
  return refusal(429, 'More events than the rate limit of this write key lets pass', waitSeconds)
}

function notABatch(batch: Exclude<ParsedBatch, { kind: 'batch' }>): Refusal {
  return refusal(batch.kind === 'too_many' ? 413 : 400, batch.detail)
}

function stampOf(
  { requestId, headers }: IngestRequest,
  key: WriteKey,
  sentAt: string | undefined,
  receivedAt: Date,
): RequestStamp {
  const traceparent = traceParentOf(headers.traceparent)
  return requestStamp({ key, requestId, receivedAt, sentAt, traceparent })
}
