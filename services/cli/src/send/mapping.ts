/**
 * One event as `POST /v1/events` takes it; `/docs` on the API says what each event's properties are. A field that is
 * undefined is not sent.
 */
export interface ClientEvent {
  /**
   * Counts once a source, so it must be the same whenever the same row is sent again: made from the row's own key
   * (`order-536365`), never from the clock or at random. At most 100 characters.
   */
  readonly messageId: string
  readonly type: 'track' | 'page' | 'screen' | 'identify' | 'group' | 'alias'
  /** track: a name of the catalogue, else it is a custom event. */
  readonly event?: string | undefined
  /** When it happened: ISO 8601 with its zone. */
  readonly originalTimestamp?: string | undefined
  readonly userId?: string | undefined
  readonly anonymousId?: string | undefined
  readonly previousId?: string | undefined
  readonly sessionId?: string | undefined
  readonly properties?: Readonly<Record<string, unknown>> | undefined
  readonly traits?: Readonly<Record<string, unknown>> | undefined
  readonly context?: Readonly<Record<string, unknown>> | undefined
}

/** How a file is read. A row of `lines` has one field, `line`; of `apache` those of `ApacheRow`. */
export type RowFormat = 'csv' | 'ndjson' | 'apache' | 'lines'

/** A row of a CSV file: column name to text. Rows of NDJSON hold what JSON holds. */
export type CsvRow = Readonly<Record<string, string>>

/** A line of an access log in Apache's combined format (also nginx's default); what is `-` there is empty here. */
export interface ApacheRow {
  readonly address: string
  readonly user: string
  /** ISO 8601, UTC. */
  readonly time: string
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly status: string
  readonly bytes: string
  readonly referrer: string
  readonly userAgent: string
  /** As it stands in the file. */
  readonly line: string
}

/**
 * Turns the rows of one file into events, in the order of the file. It may keep state, for things that span rows (an
 * invoice of many lines), and should keep it small: rows come as a stream.
 */
export interface Mapping<R = CsvRow> {
  /** `number` counts the rows of the file from 1. */
  map(row: R, number: number): Iterable<ClientEvent>
  /** After the last row: what is still open. */
  end?(): Iterable<ClientEvent>
}

/** The simple form, for rows that need nothing of each other. Nothing is returned for a row that is no event. */
export type MapRow<R = CsvRow> = (row: R, number: number) => ClientEvent | readonly ClientEvent[] | undefined

/**
 * What a mapping file exports, by these names: either `map` or `createMapping`, which is called once a file. A mapping
 * that throws stops the sending, with the number of the row.
 */
export interface MappingModule<R = CsvRow> {
  readonly map?: MapRow<R>
  readonly createMapping?: () => Mapping<R>
  /** How the file is read, unless `--format` says otherwise; else its name decides. */
  readonly format?: RowFormat
  /** CSV only: columns that the header must have, checked before the first row. */
  readonly columns?: readonly string[]
}
