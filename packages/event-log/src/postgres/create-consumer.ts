import type pg from 'pg'
import { batchLimits } from '../batch-limits.ts'
import { createSlots } from '../create-slots.ts'
import type { ConsumeOptions, Consumer } from '../event-log.ts'
import { logUnavailable } from '../log-unavailable.ts'
import { createSignal } from '../signal.ts'
import { runGroupSession } from './run-group-session.ts'

export interface ConsumerDeps {
  readonly config: pg.ClientConfig
  readonly timeoutMs: number
  readonly now: () => Date
  readonly onError: (message: string, error: unknown) => void
}

const RECONNECT_MS = { first: 100, longest: 2_000 }

/** Resolves when the group is joined or the first try has failed; keeps trying until it is closed. */
export async function createConsumer(consume: ConsumeOptions, deps: ConsumerDeps): Promise<Consumer> {
  const closing = new AbortController()
  const signal = createSignal()
  let tellStarted = (): void => undefined
  const started = new Promise<void>((resolve) => {
    tellStarted = resolve
  })
  const slots = createSlots(consume.concurrency ?? 4)
  const limits = batchLimits(consume)

  async function run(): Promise<void> {
    let pauseMs = RECONNECT_MS.first
    const onJoined = (): void => {
      pauseMs = RECONNECT_MS.first
      tellStarted()
    }
    while (!closing.signal.aborted) {
      try {
        await runGroupSession({ ...deps, consume, limits, slots, closing: closing.signal, onJoined })
      } catch (cause) {
        deps.onError(
          `group ${consume.group} tries again in ${pauseMs} ms`,
          logUnavailable('Cannot consume', cause),
        )
        tellStarted()
        await signal.wait(pauseMs)
        pauseMs = Math.min(pauseMs * 2, RECONNECT_MS.longest)
      }
    }
  }

  const running = run()
  await started
  return {
    async close() {
      closing.abort()
      signal.wake()
      await running
    },
  }
}
