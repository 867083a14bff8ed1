const DEFAULT_SHARE = 0.05
const CHEAP_MS = 100

export interface SparingOptions {
  /** Of the time that reading may take; 0.05 when absent. */
  readonly share?: number
  /** Milliseconds that only go forward. */
  readonly clock?: () => number
}

/**
 * Reads again only when the time spent reading stays a small share of all time, else answers what was read last: what
 * takes less than 100 ms is always fresh, what takes half a second comes every ten. Another key is read at once; what a
 * read throws is thrown, and the next call reads again.
 */
export function sparingly<K, T>(
  read: (key: K) => Promise<T>,
  { share = DEFAULT_SHARE, clock = () => performance.now() }: SparingOptions = {},
): (key: K) => Promise<T> {
  let last: { readonly key: K; readonly value: T; readonly keptUntil: number } | undefined
  return async (key) => {
    const begun = clock()
    if (last && last.key === key && begun < last.keptUntil) return last.value
    const value = await read(key)
    const ended = clock()
    const tookMs = ended - begun
    last = { key, value, keptUntil: tookMs < CHEAP_MS ? ended : ended + tookMs / share }
    return value
  }
}
