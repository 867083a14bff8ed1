export interface EventStream {
  readonly contentType: string | null
  /** The JSON of the next message, waiting for it. */
  next(): Promise<unknown>
  /** Messages received and not taken yet. */
  waiting(): number
  /** Resolves when the server ended the stream. */
  readonly ended: Promise<void>
  close(): void
}

/** Reads server-sent events whose data is JSON. */
export async function openEventStream(url: string): Promise<EventStream> {
  const abort = new AbortController()
  const response = await fetch(url, { signal: abort.signal })
  if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`)
  const messages: unknown[] = []
  let arrived = (): void => {}
  let isOver = false

  async function read(body: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of body) {
      const events = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
      rest = events.pop() ?? ''
      for (const event of events) {
        if (event.startsWith('data: ')) messages.push(JSON.parse(event.slice('data: '.length)))
      }
      arrived()
    }
  }
  const ended = read(response.body)
    .catch(() => {})
    .then(() => {
      isOver = true
      arrived()
    })

  return {
    contentType: response.headers.get('content-type'),
    ended,
    waiting: () => messages.length,
    close: () => abort.abort(),
    async next() {
      while (messages.length === 0) {
        if (isOver) throw new Error('the stream has ended')
        await new Promise<void>((resolve) => {
          arrived = resolve
        })
      }
      return messages.shift()
    },
  }
}
