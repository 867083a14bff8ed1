/** Whether the log takes events now, as far as we know. */
export interface LogOutage {
  isOn(): boolean
  /**
   * Whether this request is to try the log. Without an outage each is; in one, a single request at a time, and the next
   * a while after it: `begin` or `end` tells what came of it.
   */
  triesLog(): boolean
  /** The log did not take a publish. */
  begin(error: unknown): void
  /** The log took a publish. */
  end(): void
}

export interface LogOutageDeps {
  /** In an outage, from the end of a try to the beginning of the next one. */
  readonly tryEveryMs: number
  /** Told once when an outage begins and once when it ends. */
  onBegin(error: unknown): void
  onEnd(seconds: number): void
}

/** Remembers that the log is away, so that not every request has to wait for it in vain. */
export function createLogOutage({ tryEveryMs, onBegin, onEnd }: LogOutageDeps): LogOutage {
  let since: number | undefined
  let nextTryAt = 0
  return {
    isOn: () => since !== undefined,
    triesLog() {
      if (since === undefined) return true
      if (performance.now() < nextTryAt) return false
      // Until it is told what came of this one.
      nextTryAt = Number.POSITIVE_INFINITY
      return true
    },
    begin(error) {
      nextTryAt = performance.now() + tryEveryMs
      if (since !== undefined) return
      since = performance.now()
      onBegin(error)
    },
    end() {
      if (since === undefined) return
      const seconds = (performance.now() - since) / 1000
      since = undefined
      onEnd(seconds)
    },
  }
}
