/**
 * Handles the items by so many workers, each taking the next item when it is free, so no more are made than handled.
 * After a failure no item is taken any more, the signal is aborted, what is under way ends, and the failure is thrown.
 */
export async function inParallel<T>(
  items: AsyncGenerator<T>,
  workers: number,
  handle: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const work = async (): Promise<void> => {
    try {
      while (!stop.signal.aborted) {
        const next = await items.next()
        if (next.done) return
        await handle(next.value, stop.signal)
      }
    } catch (error) {
      if (!stop.signal.aborted) stop.abort(error)
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  await items.return(undefined)
  if (stop.signal.aborted) throw stop.signal.reason
}
