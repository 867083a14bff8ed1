import { Fault } from '@millrace/contracts/fault'
import type { LoadedMapping } from './load-mapping.ts'
import type { ClientEvent } from './mapping.ts'
import type { ReadRow } from './read-rows.ts'

export interface MapRowsOptions {
  readonly mapping: LoadedMapping['mapping']
  /** Stop after so many events. */
  readonly limit?: number
  onRow(row: ReadRow): void
}

/** @throws Fault `config_invalid` when the mapping throws, with the number of the row. */
export async function* mapRows(
  rows: AsyncIterable<ReadRow>,
  { mapping, limit = Number.POSITIVE_INFINITY, onRow }: MapRowsOptions,
): AsyncGenerator<ClientEvent> {
  let left = limit
  let place = 'before the first row'
  const guarded = function* (make: () => Iterable<ClientEvent>): Generator<ClientEvent> {
    try {
      for (const event of make()) yield checked(event)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Fault('config_invalid', `The mapping failed ${place}: ${reason}`, { cause })
    }
  }
  for await (const row of rows) {
    onRow(row)
    if (row.kind === 'unreadable') continue
    place = `at row ${row.number}`
    for (const event of guarded(() => mapping.map(row.row, row.number))) {
      yield event
      left -= 1
      if (left <= 0) return
    }
  }
  place = 'after the last row'
  for (const event of guarded(() => mapping.end?.() ?? [])) {
    yield event
    left -= 1
    if (left <= 0) return
  }
}

function checked(event: ClientEvent): ClientEvent {
  if (typeof event !== 'object' || event === null)
    throw new Error('expected it to make events, which are objects')
  if (event.messageId === undefined) throw new Error('expected a messageId on every event')
  return event
}
