/** All items in an order that the seed alone decides. Holds them all in memory. */
export async function* shuffle<T>(items: AsyncIterable<T>, seed: number): AsyncGenerator<T> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  const random = mulberry32(seed)
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const swapped = all[i] as T
    all[i] = all[j] as T
    all[j] = swapped
  }
  yield* all
}

/** The same numbers from 0 to 1 for the same seed, on every machine. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
