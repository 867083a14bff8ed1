export interface Repeated {
  /** Resolves when a run that began after this call has ended; the first call begins the series. */
  next(): Promise<void>
  /** Ends the run under way and begins no other. */
  close(): Promise<void>
}

/**
 * Runs the work every so many seconds from start to start, never two runs at a time, and after a long one with a pause
 * as long as the run: work that got slow takes half of the time at most. What a run throws is given to onError and does not end the series.
 */
export function repeat(
  work: () => Promise<void>,
  { seconds, onError }: { readonly seconds: number; onError(error: unknown): void },
): Repeated {
  let running: Promise<void> | undefined
  let following: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  function run(): Promise<void> {
    clearTimeout(timer)
    if (closed) return Promise.resolve()
    const begun = performance.now()
    running = Promise.resolve()
      .then(work)
      .catch(onError)
      .then(() => {
        running = undefined
        if (closed || following) return
        const tookMs = performance.now() - begun
        timer = setTimeout(run, Math.max(tookMs, seconds * 1000 - tookMs))
      })
    return running
  }

  function next(): Promise<void> {
    if (!running) return run()
    following ??= running.then(() => {
      following = undefined
      return run()
    })
    return following
  }

  return {
    next,
    async close() {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}
