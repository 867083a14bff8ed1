import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@millrace/contracts/fault'
import type { Closable } from './close-on-signal.ts'
import type { Logger } from './logger.ts'

export interface StartOptions {
  /** What has to answer before the start, by name. Each is asked again until it does. */
  readonly needs: Readonly<Record<string, () => Promise<unknown>>>
  start(): Promise<Closable | undefined>
  readonly logger: Logger
}

export interface Starting extends Closable {
  /** Resolves when `start` has; rejects when it cannot: its settings are wrong, not the weather. */
  readonly started: Promise<void>
  /** A check of readiness: rejects until it has started. */
  readonly check: () => Promise<void>
}

const PAUSE_MS = { first: 200, longest: 2_000 }
/** How often the log says again what it waits for. */
const SAY_EVERY_MS = 30_000

/** Starts a service's work as soon as what it needs is there; until then says what it waits for. */
export function startWhenPossible({ needs, start, logger }: StartOptions): Starting {
  const closing = new AbortController()
  let state: 'waiting' | 'started' | 'failed' = 'waiting'
  let work: Closable | undefined
  const started = run()
  // Whoever waits for it hears of it; nobody has to.
  started.catch(() => {})

  async function run(): Promise<void> {
    try {
      for (const [name, need] of Object.entries(needs)) await untilThere(name, need)
      if (closing.signal.aborted) return
      work = await start()
      state = 'started'
    } catch (error) {
      state = 'failed'
      throw error
    }
  }

  async function untilThere(name: string, need: () => Promise<unknown>): Promise<void> {
    let pauseMs = PAUSE_MS.first
    let saidAt = Number.NEGATIVE_INFINITY
    while (!closing.signal.aborted) {
      try {
        await need()
        if (saidAt > 0) logger.info(`${name} is there`)
        return
      } catch (error) {
        if (error instanceof Fault && !error.retryable) throw error
        if (performance.now() - saidAt >= SAY_EVERY_MS) {
          saidAt = performance.now()
          logger.warn({ reason: messageOf(error) }, `waits for ${name}`)
        }
      }
      await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => {})
      pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest)
    }
  }

  return {
    started,
    async check() {
      if (state !== 'started') throw new Error(`its work is not under way: ${state}`)
    },
    async close() {
      closing.abort()
      await started.catch(() => {})
      await work?.close()
    },
  }
}

/** Only the message: servers' clients hang their settings on an error. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}
