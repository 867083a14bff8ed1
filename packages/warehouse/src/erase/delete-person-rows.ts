import type { PoolClient } from 'pg'
import { readPersonTables } from './read-person.ts'

export interface PersonRowCounts {
  readonly facts: Readonly<Record<string, number>>
  readonly persons: number
  readonly links: number
}

/** Their rows are folded from events of several persons, or gone already. */
const NOT_HERE = new Set(['fact_event', 'fact_session', 'fact_order', 'fact_refund'])

/** Deletes the rows that are of the persons alone, in every fact table there is, and the persons themselves. */
export async function deletePersonRows(
  tx: PoolClient,
  people: readonly string[],
  progress: (table: string) => void,
): Promise<PersonRowCounts> {
  const facts: Record<string, number> = {}
  for (const table of await readPersonTables(tx)) {
    if (NOT_HERE.has(table)) continue
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
