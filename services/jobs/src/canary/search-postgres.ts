import type { PoolClient } from 'pg'
import type { FalsePeople } from './false-people.ts'
import type { Leak } from './leak.ts'

export interface SearchPostgresDeps {
  readonly db: PoolClient
  readonly people: FalsePeople
  /** Of the canary's write key. */
  readonly source: string
  readonly signal: AbortSignal
}

export interface PostgresSearch {
  /** Of the canary's events. */
  readonly eventIds: readonly string[]
  /** Rows of tables that know no event are looked at when they are younger. */
  readonly since: Date
}

/** A table with text in it, and by what of its columns the rows of interest are found. */
interface Table {
  readonly name: string
  readonly columns: readonly string[]
  readonly eventColumn: string | null
  readonly hasSource: boolean
  readonly timeColumn: string | null
  readonly rows: number
}

/** A table of fewer rows is looked at whole. */
const SMALL_ROWS = 5_000
const FETCHED_ROWS = 500

/** The log has its own search, and what the canary is known by is no trace of it. */
const NOT_SEARCHED = ['pipeline.log_chunk']

/**
 * Looks into every column that can hold text, of every table of ours, also those of later migrations: small tables
 * whole, of the others the canary's own rows where they are known by event or source, else the young ones.
 */
export async function searchPostgres(
  { db, people, source, signal }: SearchPostgresDeps,
  { eventIds, since }: PostgresSearch,
): Promise<readonly Leak[]> {
  const leaks: Leak[] = []
  for (const table of await listTables(db)) {
    if (NOT_SEARCHED.includes(table.name)) continue
    signal.throwIfAborted()
    const { where, values } = rowsOfInterest(table, { eventIds, since, source })
    const texts = table.columns.map((column) => `coalesce(${column}::text, '')`)
    const query = `select array[${texts.join(', ')}] as texts from ${table.name} ${where}`
    for await (const rows of fetchRows(db, query, values)) leaks.push(...leaksIn(people, table, rows))
  }
  return leaks
}

/** Cell by cell only where something is: nearly all rows have nothing. */
function leaksIn(people: FalsePeople, { name, columns }: Table, rows: readonly Row[]): readonly Leak[] {
  if (people.findIn(rows.map(({ texts }) => texts.join('\n')).join('\n')).length === 0) return []
  return rows.flatMap(({ texts }) =>
    texts.flatMap((text, index) =>
      people
        .findIn(text)
        .map((kind): Leak => ({ store: 'postgres', place: `${name}.${columns[index]}`, kind })),
    ),
  )
}

function rowsOfInterest(
  { eventColumn, hasSource, timeColumn, rows }: Table,
  { eventIds, since, source }: PostgresSearch & { readonly source: string },
): { where: string; values: readonly unknown[] } {
  if (rows < SMALL_ROWS) return { where: '', values: [] }
  if (eventColumn) return { where: `where ${eventColumn} = any ($1::uuid[])`, values: [eventIds] }
  if (hasSource) return { where: 'where source = $1', values: [source] }
  return timeColumn ? { where: `where ${timeColumn} >= $1`, values: [since] } : { where: '', values: [] }
}

interface Row {
  readonly texts: readonly string[]
}

/** By a cursor, so that a large table is never in memory whole. */
async function* fetchRows(
  db: PoolClient,
  query: string,
  values: readonly unknown[],
): AsyncIterable<readonly Row[]> {
  await db.query('begin read only')
  try {
    await db.query(`declare rows_of_interest no scroll cursor for ${query}`, [...values])
    for (;;) {
      const { rows } = await db.query<Row>(`fetch ${FETCHED_ROWS} from rows_of_interest`)
      if (rows.length === 0) return
      yield rows
    }
  } finally {
    await db.query('rollback')
  }
}

/** Partitioned tables once, by their parent. An index that begins with the event makes its rows cheap to find. */
async function listTables(db: PoolClient): Promise<readonly Table[]> {
  const { rows } = await db.query<Table>(
    `select format('%I.%I', nspname, relname) as name,
       array_agg(quote_ident(attname) order by attnum)
         filter (where category in ('S', 'E', 'U', 'X') and not is_uuid or is_text_array) as columns,
       max(attname) filter (where attname = 'event_id' and is_indexed) as "eventColumn",
       bool_or(attname = 'source') as "hasSource",
       (array_agg(quote_ident(attname) order by type = 'timestamptz'::regtype desc, attnum desc)
         filter (where type in ('timestamptz'::regtype, 'date'::regtype)))[1] as "timeColumn",
       max(rows)::float8 as rows
     from (
       select n.nspname, c.relname, a.attname, a.attnum, t.typcategory as category, a.atttypid as type,
         a.atttypid in ('uuid'::regtype, 'bytea'::regtype) as is_uuid,
         t.typcategory = 'A' and e.typcategory in ('S', 'U') and e.oid <> 'uuid'::regtype as is_text_array,
         exists (select from pg_index i where i.indrelid = c.oid and i.indkey[0] = a.attnum) as is_indexed,
         -- Where nobody has counted, by size.
         (select sum(case when part.reltuples < 0 then pg_relation_size(part.oid) / 100 else part.reltuples end)
           from pg_class part where part.oid = c.oid or part.oid in (
             select inhrelid from pg_inherits where inhparent = c.oid)) as rows
       from pg_class c
         join pg_namespace n on n.oid = c.relnamespace
         join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         join pg_type t on t.oid = a.atttypid
         left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
       where n.nspname in ('warehouse', 'pipeline') and c.relkind in ('r', 'p') and not c.relispartition
     ) of_table
     group by nspname, relname
     order by 1`,
  )
  return rows.filter(({ columns }) => columns !== null)
}
