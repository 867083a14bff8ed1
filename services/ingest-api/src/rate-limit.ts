import type { WriteKey } from '@millrace/contracts/write-key'
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'

/** Resolves to undefined when the events pass, else to the seconds until they would. */
export type RateLimit = (key: WriteKey, events: number) => Promise<number | undefined>

const WINDOW_SECONDS = 10
const LONGEST_WINDOW_SECONDS = 86_400

/**
 * Counts events per key in windows of 10 s, longer where the largest batch would not fit into one: a batch that could
 * never pass would be retried for ever. A key without `eventsPerSecond` is not limited. Kept in this process: several
 * instances of the API together let several times as much pass.
 */
export function createRateLimit(keys: Iterable<WriteKey>, largestBatch: number): RateLimit {
  const limiters = new Map<string, RateLimiterMemory>()
  for (const { key, eventsPerSecond } of keys) {
    if (eventsPerSecond !== undefined) limiters.set(key, limiterOf(eventsPerSecond, largestBatch))
  }
  return async ({ key }, events) => {
    const limiter = limiters.get(key)
    return limiter === undefined ? undefined : await secondsUntilFree(limiter, key, events)
  }
}

function limiterOf(eventsPerSecond: number, largestBatch: number): RateLimiterMemory {
  const neededSeconds = Math.ceil(largestBatch / eventsPerSecond)
  const duration = Math.min(LONGEST_WINDOW_SECONDS, Math.max(WINDOW_SECONDS, neededSeconds))
  return new RateLimiterMemory({
    points: Math.max(largestBatch, Math.floor(duration * eventsPerSecond)),
    duration,
  })
}

async function secondsUntilFree(
  limiter: RateLimiterMemory,
  key: string,
  events: number,
): Promise<number | undefined> {
  try {
    await limiter.consume(key, events)
    return undefined
  } catch (refused) {
    // A refusal is given back, so that a large batch in vain does not use up what a small one needs.
    await limiter.reward(key, events)
    return Math.max(1, Math.ceil((refused as RateLimiterRes).msBeforeNext / 1000))
  }
}
