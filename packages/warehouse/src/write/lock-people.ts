import type { PoolClient } from 'pg'
import type { KnownPerson } from './person-links.ts'

/**
 * Locks persons, whom they count as and what they were known by before, until the set is closed: while we waited for a
 * lock, a person may have been linked to another. They are read in a statement after the lock, because a statement sees
 * the state at its start.
 */
export async function lockPeople(
  tx: PoolClient,
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, KnownPerson>> {
  const asked = new Set(wanted)
  for (;;) {
    for (const id of await lock(tx, [...asked])) asked.add(id)
    const people = await read(tx, [...asked])
    const others = [...people.values()].flatMap(({ canonicalId, sameAs }) => [
      canonicalId,
      sameAs ?? canonicalId,
    ])
    if (others.every((id) => asked.has(id))) return people
    for (const id of others) asked.add(id)
  }
}

async function lock(tx: PoolClient, ids: readonly string[]): Promise<string[]> {
  // As one array: with `or person_id in (select …)` every person there ever was is read.
  const { rows } = await tx.query<{ id: string }>(
    `select person_id as id from warehouse.dim_person
     where person_id = any (array(
       select unnest($1::uuid[])
       union select unnest(array[canonical_id, same_as]) from warehouse.dim_person where person_id = any ($1)))
     order by person_id for no key update`,
    [ids],
  )
  return rows.map(({ id }) => id)
}

async function read(tx: PoolClient, ids: readonly string[]): Promise<Map<string, KnownPerson>> {
  const { rows } = await tx.query<KnownPerson & { id: string }>(
    `select person_id as id, kind, canonical_id as "canonicalId", same_as as "sameAs"
     from warehouse.dim_person where person_id = any ($1)`,
    [ids],
  )
  return new Map(rows.map((row) => [row.id, row]))
}
