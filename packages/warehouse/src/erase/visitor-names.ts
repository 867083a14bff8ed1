import type { PoolClient } from 'pg'
import type { SharedFact } from './person-facts.ts'

/** Visits stand under one name, whatever the keys were by which their visitor has pseudonyms. */
export interface VisitorNames {
  nameOf(personId: string): string
  /** Every pseudonym of the same visitors. */
  readonly all: readonly string[]
}

export async function readNames(tx: PoolClient, visitors: readonly string[]): Promise<VisitorNames> {
  const { rows } = await tx.query<{ id: string; name: string }>(
    `with named as (
       select distinct coalesce(person.same_as, given) as name
       from unnest($1::uuid[]) as given left join warehouse.dim_person person on person.person_id = given
     )
     select name::text as id, name::text from named
     union select person.person_id::text, person.same_as::text from warehouse.dim_person person join named on same_as = name`,
    [visitors],
  )
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  return { nameOf: (personId) => names.get(personId) ?? personId, all: [...names.keys()] }
}

/** The same visits under each of the pseudonyms that their visitors have. */
export function underEachName(visits: readonly SharedFact[], names: VisitorNames): readonly SharedFact[] {
  return visits.flatMap((visit) =>
    names.all
      .filter((id) => names.nameOf(id) === names.nameOf(visit.key))
      .map((key): SharedFact => ({ ...visit, key })),
  )
}

/**
 * Somebody else may have been named after one of the persons: the same device under two keys, with another user under
 * each. Those get a name of their own; their visits are returned.
 */
export async function forgetNames(tx: PoolClient, people: readonly string[]): Promise<readonly SharedFact[]> {
  const { rows } = await tx.query<SharedFact>(
    `with freed as (
       update warehouse.dim_person set same_as = null
       where same_as = any ($1::uuid[]) and person_id <> all ($1::uuid[]) returning person_id
     )
     select distinct 'visit' as kind, session.source, freed.person_id::text as key
     from freed cross join warehouse.fact_session session
     where session.kind = 'idle' and session.session_key = any ($1::text[])`,
    [people],
  )
  return rows
}
