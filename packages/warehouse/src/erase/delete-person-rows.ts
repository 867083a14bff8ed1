import type { PoolClient } from 'pg'

export interface PersonRowCounts {
  readonly facts: Readonly<Record<string, number>>
  readonly persons: number
  readonly links: number
}

/** Their rows are folded from events of several persons, or gone already. */
const NOT_HERE = ['fact_event', 'fact_session', 'fact_order', 'fact_refund']

/** Deletes the rows that are of the persons alone, in every fact table there is, and the persons themselves. */
export async function deletePersonRows(
  tx: PoolClient,
  people: readonly string[],
  progress: (table: string) => void,
): Promise<PersonRowCounts> {
  const facts: Record<string, number> = {}
  for (const table of await readPersonTables(tx)) {
    progress(table)
    const { rowCount } = await tx.query(`delete from warehouse.${table} where person_id = any ($1::uuid[])`, [
      people,
    ])
    facts[table] = rowCount ?? 0
  }
  progress('dim_person')
  const { rows } = await tx.query<{ persons: number; links: number }>(
    `with gone as (
       delete from warehouse.dim_person where person_id = any ($1::uuid[]) returning canonical_id <> person_id as linked
     )
     select count(*)::int as persons, count(*) filter (where linked)::int as links from gone`,
    [people],
  )
  return { facts, ...(rows[0] ?? { persons: 0, links: 0 }) }
}

/** Asked of the database, so that a new fact table is erased from without a word here. */
async function readPersonTables(tx: PoolClient): Promise<string[]> {
  const { rows } = await tx.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'warehouse'::regnamespace and c.relname ~ '^fact_' and c.relkind in ('r', 'p')
       and not c.relispartition and a.attname = 'person_id' and not a.attisdropped
       and c.relname <> all ($1::text[])
     order by 1`,
    [NOT_HERE],
  )
  return rows.map(({ name }) => name)
}
