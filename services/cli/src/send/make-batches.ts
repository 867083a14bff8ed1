import type { ClientEvent } from './mapping.ts'

/** What the API takes in one body: 1 MB inflated, 500 events. */
export const MAX_BATCH_EVENTS = 500
// The rest of the megabyte is for the envelope around the events.
export const MAX_BATCH_BYTES = 1_000_000 - 1_000

export interface EncodedEvent {
  readonly messageId: string
  readonly json: string
}

export interface Batch {
  readonly events: readonly EncodedEvent[]
}

export function encodeEvent(event: ClientEvent): EncodedEvent {
  return { messageId: event.messageId, json: JSON.stringify(event) }
}

/** Groups events in their order, so that no body is larger than the API takes. An event too large for any stands alone. */
export async function* makeBatches(
  events: AsyncIterable<EncodedEvent>,
  batchSize: number,
): AsyncGenerator<Batch> {
  let batch: EncodedEvent[] = []
  let bytes = 0
  for await (const event of events) {
    const size = Buffer.byteLength(event.json) + 1
    if (batch.length > 0 && (batch.length >= batchSize || bytes + size > MAX_BATCH_BYTES)) {
      yield { events: batch }
      batch = []
      bytes = 0
    }
    batch.push(event)
    bytes += size
  }
  if (batch.length > 0) yield { events: batch }
}
