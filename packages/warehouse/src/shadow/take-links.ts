import type { PoolClient } from 'pg'
import { copyAcross } from './copy-across.ts'

/**
 * Who counts as whom is taken over from the live database before the events that say so are loaded: which of two users
 * an anonymous id was first seen with is told by the order of arrival alone, and links from before the replay are not in
 * it at all. Persons only ever become one, so what the events say then changes nothing, unless the live database lost it.
 */
export async function takeLinks(live: PoolClient, shadow: PoolClient): Promise<void> {
  await linkInto(shadow, 'null', (into) => copyAcross(live, LINKED, shadow, into))
}

const LINKED =
  'select person_id, canonical_id, kind, same_as from warehouse.dim_person where canonical_id <> person_id'

/** A link that the events tell of and the live database does not know. */
export interface MissingLink {
  readonly personId: string
  readonly canonicalId: string
  readonly kind: string
  /** What the same id was known by under an earlier key. */
  readonly sameAs: string | null
}

/** What was taken over has no linked_at, what the replay itself linked has one. */
export async function missingLinks(live: PoolClient, shadow: PoolClient): Promise<MissingLink[]> {
  const { rows: made } = await shadow.query<MissingLink>(
    `select person_id as "personId", canonical_id as "canonicalId", kind, same_as as "sameAs" from warehouse.dim_person
     where linked_at is not null and canonical_id <> person_id`,
  )
  const { rows: known } = await live.query<{ link: string }>(
    `select person_id || ' ' || canonical_id as link from warehouse.dim_person where person_id = any ($1)`,
    [made.map(({ personId }) => personId)],
  )
  const links = new Set(known.map(({ link }) => link))
  return made.filter(({ personId, canonicalId }) => !links.has(`${personId} ${canonicalId}`))
}

/** In a transaction in which no other one writes persons or their days. */
export async function addLinks(tx: PoolClient, links: readonly MissingLink[]): Promise<void> {
  await linkInto(tx, 'now()', async (into) => {
    await tx.query(
      `insert into ${into} select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[])`,
      [
        links.map(({ personId }) => personId),
        links.map(({ canonicalId }) => canonicalId),
        links.map(({ kind }) => kind),
        links.map(({ sameAs }) => sameAs),
      ],
    )
  })
}

/** Links persons, with whoever counts as them, and moves the days of those whose link is new. */
async function linkInto(
  tx: PoolClient,
  linkedAt: 'now()' | 'null',
  fill: (into: string) => Promise<void>,
): Promise<void> {
  await tx.query(
    `create temp table link (person_id uuid, canonical_id uuid, kind text, same_as uuid) on commit drop;
     create temp table moved (person_id uuid, business_date date) on commit drop`,
  )
  await fill('link (person_id, canonical_id, kind, same_as)')
  await tx.query(
    `with linked as (
       insert into warehouse.dim_person as person (person_id, canonical_id, kind, same_as, linked_at)
       select person_id, canonical_id, kind, same_as, ${linkedAt} from link
       on conflict (person_id) do update set canonical_id = excluded.canonical_id, linked_at = excluded.linked_at,
         same_as = coalesce(excluded.same_as, person.same_as)
       where person.canonical_id <> excluded.canonical_id
       returning person_id, canonical_id
     ), gone as (
       delete from warehouse.fact_person_day day using linked where day.person_id = linked.person_id
       returning linked.canonical_id, day.business_date
     )
     insert into moved select * from gone`,
  )
  await tx.query(
    `update warehouse.dim_person person set canonical_id = link.canonical_id from link
     where person.canonical_id = link.person_id and person.person_id <> link.person_id`,
  )
  await tx.query(
    `insert into warehouse.fact_person_day (person_id, business_date)
     select distinct person_id, business_date from moved on conflict do nothing;
     drop table link, moved`,
  )
}
