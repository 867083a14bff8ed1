import type { Histogram } from 'prom-client'

/** Wraps a step so that its duration in seconds is observed, whether it returns or throws. */
export function timed<A extends unknown[], R>(
  histogram: Histogram,
  step: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  return async (...args) => {
    const stop = histogram.startTimer()
    try {
      return await step(...args)
    } finally {
      stop()
    }
  }
}
