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
  chunks: AsyncIterable<readonly ReadRow[]>,
  { mapping, limit = Number.POSITIVE_INFINITY, onRow }: MapRowsOptions,
): AsyncGenerator<ClientEvent> {
  let left = limit
  for await (const rows of chunks) {
    for (const event of mapSome(rows, mapping, onRow)) {
      yield event
      left -= 1
      if (left <= 0) return
    }
  }
  for (const event of guarded('after the last row', () => mapping.end?.() ?? [])) {
    yield event
    left -= 1
    if (left <= 0) return
  }
}

function* mapSome(
  rows: readonly ReadRow[],
  mapping: MapRowsOptions['mapping'],
  onRow: MapRowsOptions['onRow'],
): Generator<ClientEvent> {
  for (const row of rows) {
    onRow(row)
    if (row.kind === 'row') yield* guarded(`at row ${row.number}`, () => mapping.map(row.row, row.number))
  }
}

function* guarded(place: string, make: () => Iterable<ClientEvent>): Generator<ClientEvent> {
  try {
    for (const event of make()) yield checked(event)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Fault('config_invalid', `The mapping failed ${place}: ${reason}`, { cause })
  }
}

function checked(event: ClientEvent): ClientEvent {
  if (typeof event !== 'object' || event === null)
    throw new Error('expected it to make events, which are objects')
  if (event.messageId === undefined) throw new Error('expected a messageId on every event')
  return event
}
