import { randomUUID } from 'node:crypto'
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { SECRET_KEY } from '../faults/long/open-stage.ts'

export interface SendingOptions {
  readonly apis: readonly string[]
  /** As fast as the requests are answered unless given. */
  readonly eventsPerSecond?: number
}

const CONNECTIONS = 8
const EVENTS_A_REQUEST = 50
const PEOPLE = 20_000
const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS })

/** Posts small events over a few connections until it is stopped; that resolves with how many were acknowledged. */
export function keepSending({ apis, eventsPerSecond = Number.POSITIVE_INFINITY }: SendingOptions): {
  stop(): Promise<number>
} {
  let stopped = false
  let acknowledged = 0
  let asked = 0
  const began = performance.now()

  async function connection(index: number): Promise<void> {
    const api = apis[index % apis.length] ?? ''
    while (!stopped) {
      const dueMs = began + (asked / eventsPerSecond) * 1_000 - performance.now()
      asked += EVENTS_A_REQUEST
      if (dueMs > 0) await sleep(dueMs)
      if ((await post(api, makeBody())) === 202) acknowledged += EVENTS_A_REQUEST
    }
  }

  const connections = Array.from({ length: CONNECTIONS }, (_, index) => connection(index))
  return {
    async stop() {
      stopped = true
      await Promise.all(connections)
      return acknowledged
    },
  }
}

function makeBody(): string {
  const originalTimestamp = new Date().toISOString()
  const batch = Array.from({ length: EVENTS_A_REQUEST }, () => {
    const id = randomUUID()
    const person = Number.parseInt(id.slice(0, 6), 16) % PEOPLE
    return {
      messageId: id,
      type: 'track',
      originalTimestamp,
      userId: `user-${person}`,
      ...(person % 10 === 0
        ? { event: 'order_completed', properties: { orderId: id, amountMinor: 1299, currency: 'EUR' } }
        : { event: 'page_viewed', properties: { path: `/boxes/${person % 200}` } }),
    }
  })
  return JSON.stringify({ batch, sentAt: originalTimestamp })
}

/** The status; 0 when there was no answer. */
function post(api: string, body: string): Promise<number> {
  return new Promise((resolve) => {
    const request = http.request(
      `${api}/v1/events`,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRET_KEY}` },
      },
      (response) => {
        response.resume()
        response.once('end', () => resolve(response.statusCode ?? 0))
      },
    )
    request.once('error', () => resolve(0))
    request.end(body)
  })
}
