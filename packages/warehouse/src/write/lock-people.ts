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
  const all = new Set(wanted)
  let locked = 0
  let known: ReadonlyMap<string, KnownPerson> = new Map()
  while (locked < all.size) {
    const ids = [...all]
    // As one array: with `or person_id in (select …)` every person there ever was is read.
    await tx.query(
      `select from warehouse.dim_person
       where person_id = any (array(
         select unnest($1::uuid[])
         union select unnest(array[canonical_id, same_as]) from warehouse.dim_person where person_id = any ($1)))
       order by person_id for no key update`,
      [ids],
    )
    locked = all.size
    known = await readPeople(tx, ids)
    for (const { canonicalId, sameAs } of known.values()) {
      all.add(canonicalId)
      if (sameAs !== null) all.add(sameAs)
    }
  }
  return known
}

async function readPeople(tx: PoolClient, ids: readonly string[]): Promise<Map<string, KnownPerson>> {
  const { rows } = await tx.query<KnownPerson & { personId: string }>(
    `select person_id as "personId", kind, canonical_id as "canonicalId", same_as as "sameAs"
     from warehouse.dim_person where person_id = any ($1)`,
    [ids],
  )
  return new Map(rows.map((row) => [row.personId, row]))
}
