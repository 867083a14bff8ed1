export interface Signal {
  /** Wakes who waits; if nobody does, the next wait returns at once. */
  wake(): void
  /** Until woken, at most ms. */
  wait(ms: number): Promise<void>
}

export function createSignal(): Signal {
  let woken = false
  let wakeWaiter: (() => void) | undefined
  return {
    wake() {
      woken = true
      wakeWaiter?.()
    },
    async wait(ms) {
      if (!woken) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms)
          wakeWaiter = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        wakeWaiter = undefined
      }
      woken = false
    },
  }
}
