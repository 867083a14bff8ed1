/** Timers that are all ended together. */
export interface Timers {
  /** A new timer of a name ends the one before. Any time, also beyond the 24 days that a timer can wait. */
  set(name: string, ms: number, work: () => void): void
  clear(name: string): void
  clearAll(): void
}

const LONGEST_MS = 2 ** 31 - 1

export function createTimers(): Timers {
  const timers = new Map<string, NodeJS.Timeout>()
  const clear = (name: string): void => {
    clearTimeout(timers.get(name))
    timers.delete(name)
  }
  function set(name: string, ms: number, work: () => void): void {
    clear(name)
    const wait = Math.min(ms, LONGEST_MS)
    const timer = setTimeout(() => {
      timers.delete(name)
      if (ms > wait) set(name, ms - wait, work)
      else work()
    }, wait)
    timers.set(name, timer)
  }
  return {
    set,
    clear,
    clearAll() {
      for (const name of [...timers.keys()]) clear(name)
    },
  }
}
