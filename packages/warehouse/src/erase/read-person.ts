import { UUIDS } from '@millrace/contracts/erase-people'
import { isUuid } from '@millrace/contracts/is-uuid'
import type { Pool, PoolClient } from 'pg'
import { atOneMoment } from '../shadow/live-state.ts'

/** What the database holds of a person, a part at a time. */
export interface PersonPart {
  /** `identities`, the name of a fact table, or `quarantine`. */
  readonly name: string
  readonly rows: AsyncIterable<Readonly<Record<string, unknown>>>
}

const ROWS_AT_ONCE = 500

/** What has no person of its own belongs to what has one. */
const BELONGING: Readonly<Record<string, string>> = {
  fact_order_line: `select to_jsonb(line) as row from warehouse.fact_order_line line
    join warehouse.fact_order ord using (source, order_id) where ord.person_id = any ($1::uuid[])`,
  fact_box: `select distinct to_jsonb(box) as row from warehouse.fact_box box join warehouse.fact_event event
    on event.source = box.source and event.properties ->> 'boxId' = box.box_id and event.event like 'box\\_%'
    where event.person_id = any ($1::uuid[])`,
}

const QUARANTINE = `select to_jsonb(held) as row from pipeline.quarantine held
  where exists (select from regexp_matches(record::text, '${UUIDS.source}', 'g') as mention where mention[1]::uuid = any ($1::uuid[]))`

/**
 * Reads all of it as of one moment, some rows in memory at a time. `people` are all pseudonyms of the person; of
 * quarantine, rows that only mention them come too.
 */
export async function readPerson(
  pool: Pool,
  people: readonly string[],
  each: (part: PersonPart) => Promise<void>,
): Promise<void> {
  await atOneMoment(pool, async (tx) => {
    const own = (table: string): string =>
      `select to_jsonb(held) as row from warehouse.${table} held where person_id = any ($1::uuid[])`
    const parts: [string, string][] = [
      ['identities', own('dim_person')],
      ...(await readPersonTables(tx)).map((table): [string, string] => [table, own(table)]),
      ...Object.entries(BELONGING),
      ['quarantine', QUARANTINE],
    ]
    for (const [name, sql] of parts) await each({ name, rows: readRows(tx, sql, people) })
  })
}

async function* readRows(
  tx: PoolClient,
  sql: string,
  people: readonly string[],
): AsyncIterable<Readonly<Record<string, unknown>>> {
  // A cursor is declared by a statement that takes no parameters of its own; these are uuids.
  await tx.query(`declare person_rows no scroll cursor for ${sql}`.replaceAll('$1', literal(people)))
  try {
    for (;;) {
      const { rows } = await tx.query<{ row: Record<string, unknown> }>(
        `fetch ${ROWS_AT_ONCE} from person_rows`,
      )
      if (rows.length === 0) return
      for (const { row } of rows) yield row
    }
  } finally {
    await tx.query('close person_rows')
  }
}

function literal(people: readonly string[]): string {
  if (!people.every(isUuid)) throw new Error('expected uuids')
  return `'{${people.join(',')}}'`
}

/** Every fact table that has persons. */
export async function readPersonTables(tx: PoolClient): Promise<string[]> {
  const { rows } = await tx.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'warehouse'::regnamespace and c.relname ~ '^fact_' and c.relkind in ('r', 'p')
       and not c.relispartition and a.attname = 'person_id' and not a.attisdropped
     order by 1`,
  )
  return rows.map(({ name }) => name)
}
