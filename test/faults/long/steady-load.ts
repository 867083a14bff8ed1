import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SeededRandom } from '../../support/seeded-random.ts'

export interface Load {
  /** The messageIds of all events whose request was answered 202. */
  readonly acknowledged: ReadonlySet<string>
  /** How often each answer came, by status; 0 is no answer. */
  readonly answers: ReadonlyMap<number, number>
  /** The longest that an event waited for its 202, over all its tries, since the last look. */
  takeLongestMs(): number
  /** Nothing new is sent; resolves when everything that was sent is acknowledged. */
  pause(): Promise<void>
  resume(): void
  /** Ends it, whatever is not acknowledged yet. */
  stop(): void
}

export interface LoadOptions {
  readonly apis: readonly string[]
  readonly writeKey: string
  readonly eventsPerSecond: number
  readonly random: SeededRandom
}

const TICK_MS = 100
const REQUESTS_AT_ONCE = 100
const ANSWER_WITHIN_MS = 15_000

/** Sends unique events all the time, each until it is acknowledged: what a careful client does. */
export function startLoad({ apis, writeKey, eventsPerSecond, random }: LoadOptions): Load {
  const acknowledged = new Set<string>()
  const answers = new Map<number, number>()
  const underWay = new Set<Promise<void>>()
  let longestMs = 0
  let paused = false
  let stopped = false
  const size = Math.max(1, Math.round((eventsPerSecond * TICK_MS) / 1000))

  function tick(): void {
    // A client's own back-pressure: its queue is bounded.
    if (paused || underWay.size >= REQUESTS_AT_ONCE) return
    const batch = Array.from({ length: size }, () => randomEvent(random))
    const sending = deliver(batch).finally(() => underWay.delete(sending))
    underWay.add(sending)
  }

  async function deliver(batch: readonly SentEvent[]): Promise<void> {
    const began = performance.now()
    for (let attempt = random.whole(0, apis.length - 1); ; attempt += 1) {
      const status = await post(apis[attempt % apis.length] ?? '', batch)
      answers.set(status, (answers.get(status) ?? 0) + 1)
      if (status === 202) break
      if (stopped) return
      await sleep(random.whole(200, 1_000))
    }
    longestMs = Math.max(longestMs, performance.now() - began)
    for (const { messageId } of batch) acknowledged.add(messageId)
  }

  async function post(api: string, batch: readonly SentEvent[]): Promise<number> {
    try {
      const response = await fetch(`${api}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${writeKey}` },
        body: JSON.stringify({ batch, sentAt: new Date().toISOString() }),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      })
      const { accepted } = (await response.json()) as { accepted?: number }
      if (response.status === 202 && accepted !== batch.length)
        throw new Error(`${accepted} of ${batch.length} events accepted`)
      return response.status
    } catch (error) {
      if (error instanceof Error && error.message.endsWith('events accepted')) throw error
      return 0
    }
  }

  const timer = setInterval(tick, TICK_MS)
  timer.unref()
  return {
    acknowledged,
    answers,
    takeLongestMs() {
      const longest = longestMs
      longestMs = 0
      return Math.round(longest)
    },
    async pause() {
      paused = true
      await Promise.all(underWay)
    },
    resume() {
      paused = false
    },
    stop() {
      clearInterval(timer)
      stopped = true
    },
  }
}

interface SentEvent {
  readonly messageId: string
  readonly type: 'track'
  readonly event: string
  readonly userId: string
  readonly originalTimestamp: string
  readonly properties: Readonly<Record<string, unknown>>
}

const CURRENCIES = ['EUR', 'JPY', 'KWD']
const CHANNELS = ['search', 'social', 'email']

/** Events of a shop, each with an id of its own; a hundred people, so that days, sessions and orders meet. */
function randomEvent(random: SeededRandom): SentEvent {
  const [event, properties] = random.pick([
    () => ['page_viewed', { path: `/page/${random.whole(1, 20)}` }] as const,
    () => ['user_logged_in', {}] as const,
    () => ['user_signed_up', { channel: random.pick(CHANNELS) }] as const,
    () => ['order_completed', { orderId: randomUUID(), ...price(random) }] as const,
    () => ['order_refunded', { refundId: randomUUID(), ...price(random) }] as const,
    () => ['feedback_submitted', { kind: 'csat', score: random.whole(1, 5) }] as const,
    () => ['error_occurred', { code: `E${random.whole(1, 5)}` }] as const,
  ])()
  return {
    messageId: randomUUID(),
    type: 'track',
    event,
    userId: `user-${random.whole(1, 100)}`,
    originalTimestamp: new Date().toISOString(),
    properties,
  }
}

function price(random: SeededRandom): { amountMinor: number; currency: string } {
  return { amountMinor: random.whole(100, 99_999), currency: random.pick(CURRENCIES) }
}
