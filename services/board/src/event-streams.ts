import type { Request, RequestHandler, Response } from 'express'

export interface EventStreams {
  /** Opens a stream of server-sent events and sends it the latest message at once; 503 when there are too many. */
  readonly serve: RequestHandler
  /** Sends a message to all streams. */
  send(message: string): void
  /** How many are open, or about to be. */
  size(): number
  /** Ends all streams; later ones are refused. */
  close(): void
}

export interface EventStreamsOptions {
  /** What a new stream begins with. */
  latest(): string
  /** Resolves when `latest` is worth sending. */
  prepare(): Promise<unknown>
  readonly maxStreams: number
  readonly heartbeatSeconds: number
}

/** A reader that takes nothing in any more must not fill our memory. */
const MOST_UNSENT_BYTES = 4 * 1024 * 1024
const RECONNECT_MS = 2000

export function createEventStreams({
  latest,
  prepare,
  maxStreams,
  heartbeatSeconds,
}: EventStreamsOptions): EventStreams {
  const open = new Set<Response>()
  /** Requests whose first message is being prepared. */
  let opening = 0
  let closed = false
  const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatSeconds * 1000)
  heartbeat.unref()

  function write(text: string): void {
    for (const response of open) {
      if (response.writableLength > MOST_UNSENT_BYTES) response.destroy()
      else response.write(text)
    }
  }

  async function serve(_request: Request, response: Response): Promise<void> {
    if (closed || size() >= maxStreams) {
      response.set('Retry-After', '5').status(503).json({ error: 'too many readers at once, or stopping' })
      return
    }
    opening += 1
    await prepare()
    opening -= 1
    response.set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      // Proxies that gather answers would hold the events back.
      'X-Accel-Buffering': 'no',
    })
    if (closed) {
      response.end()
      return
    }
    if (response.destroyed) return
    open.add(response)
    response.once('close', () => open.delete(response))
    response.write(`retry: ${RECONNECT_MS}\n\n${eventOf(latest())}`)
  }

  function size(): number {
    return open.size + opening
  }

  return {
    serve,
    send: (message) => write(eventOf(message)),
    size,
    close() {
      closed = true
      clearInterval(heartbeat)
      for (const response of open) response.end()
    },
  }
}

/** JSON has no line breaks of its own, so one data line holds it. */
function eventOf(json: string): string {
  return `data: ${json}\n\n`
}
