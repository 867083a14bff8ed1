import type { PoolClient } from 'pg'
import type { EventFacts, PersonRow, TraitsRow } from '../facts/event-facts.ts'
import { createPersonLinks } from './person-links.ts'

interface PersonDay {
  readonly personId: string
  readonly day: string
}

/**
 * Persons, who is the same person, and the days on which they were active. Rows of dim_person are the locks: two loaders
 * that each add a day of one person, or that add a day and link it away, come one after the other.
 */
export async function writePeople(tx: PoolClient, facts: readonly EventFacts[]): Promise<void> {
  await insertPeople(tx, facts)
  const links = facts.flatMap((fact) => fact.links)
  const days = await daysNotCounted(tx, activeDays(facts))
  const touched = [
    ...days.map(({ personId }) => personId),
    ...links.flatMap(({ from, to }) => [from, to]),
    ...visitors(facts),
  ]
  if (touched.length > 0) {
    const canonical = createPersonLinks(await lockCanonical(tx, new Set(touched)))
    for (const link of links) canonical.link(link)
    const moved = await movePeople(tx, canonical.moves())
    await insertDays(
      tx,
      [...days, ...moved].map(({ personId, day }) => ({ personId: canonical.of(personId), day })),
    )
  }
  await writeTraits(
    tx,
    facts.flatMap(({ traits }) => traits ?? []),
  )
}

async function insertPeople(tx: PoolClient, facts: readonly EventFacts[]): Promise<void> {
  const people = new Map<string, PersonRow>()
  for (const { people: mentioned } of facts)
    for (const person of mentioned) people.set(person.personId, person)
  if (people.size === 0) return
  await tx.query(
    `insert into warehouse.dim_person (person_id, canonical_id, kind)
     select person_id, person_id, kind from unnest($1::uuid[], $2::text[]) as person (person_id, kind)
     order by person_id on conflict do nothing`,
    [[...people.keys()], [...people.values()].map(({ kind }) => kind)],
  )
}

function activeDays(facts: readonly EventFacts[]): PersonDay[] {
  const days = new Map<string, PersonDay>()
  for (const { activePerson, event } of facts) {
    if (activePerson)
      days.set(activePerson + event.businessDate, { personId: activePerson, day: event.businessDate })
  }
  return [...days.values()]
}

/** An idle session belongs to a device, whose events may come from two partitions around a log-in. */
function visitors(facts: readonly EventFacts[]): string[] {
  return facts.flatMap(({ session }) => (session?.kind === 'idle' ? [session.key] : []))
}

/** Most events are a person's second of the day and need no lock. */
async function daysNotCounted(tx: PoolClient, days: readonly PersonDay[]): Promise<PersonDay[]> {
  if (days.length === 0) return []
  const { rows } = await tx.query<PersonDay>(
    `select active.person_id as "personId", active.day::text as day
     from unnest($1::uuid[], $2::date[]) as active (person_id, day)
       join warehouse.dim_person person on person.person_id = active.person_id
       left join warehouse.fact_person_day counted
         on counted.person_id = person.canonical_id and counted.business_date = active.day
     where counted.person_id is null`,
    [days.map(({ personId }) => personId), days.map(({ day }) => day)],
  )
  return rows
}

/**
 * Locks persons and whom they count as, until the set is closed: while we waited for a lock, a person may have been
 * linked to another. Canonical ids are read in a statement after the lock, because a statement sees the state at its start.
 */
async function lockCanonical(tx: PoolClient, wanted: Set<string>): Promise<ReadonlyMap<string, string>> {
  let locked = 0
  let canonical = new Map<string, string>()
  while (locked < wanted.size) {
    const ids = [...wanted]
    // As one array: with `or person_id in (select …)` every person there ever was is read.
    await tx.query(
      `select from warehouse.dim_person
       where person_id = any (array(
         select unnest($1::uuid[]) union select canonical_id from warehouse.dim_person where person_id = any ($1)))
       order by person_id for no key update`,
      [ids],
    )
    locked = wanted.size
    canonical = await readCanonical(tx, ids)
    for (const id of canonical.values()) wanted.add(id)
  }
  return canonical
}

async function readCanonical(tx: PoolClient, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ person_id: string; canonical_id: string }>(
    'select person_id, canonical_id from warehouse.dim_person where person_id = any ($1)',
    [ids],
  )
  return new Map(rows.map(({ person_id, canonical_id }) => [person_id, canonical_id]))
}

/** Points everyone who counted as `from` to `to`, takes their days away and returns them. */
async function movePeople(tx: PoolClient, moves: ReadonlyMap<string, string>): Promise<PersonDay[]> {
  if (moves.size === 0) return []
  const from = [...moves.keys()]
  await tx.query(
    `update warehouse.dim_person person set canonical_id = move.target, linked_at = now()
     from unnest($1::uuid[], $2::uuid[]) as move (source, target)
     where person.person_id = move.source
       or person.canonical_id = move.source and person.canonical_id <> person.person_id`,
    [from, [...moves.values()]],
  )
  const { rows } = await tx.query<PersonDay>(
    `delete from warehouse.fact_person_day where person_id = any ($1)
     returning person_id as "personId", business_date::text as day`,
    [from],
  )
  return rows
}

async function insertDays(tx: PoolClient, days: readonly PersonDay[]): Promise<void> {
  if (days.length === 0) return
  await tx.query(
    `insert into warehouse.fact_person_day (person_id, business_date)
     select distinct person_id, day from unnest($1::uuid[], $2::date[]) as active (person_id, day)
     order by person_id, day on conflict do nothing`,
    [days.map(({ personId }) => personId), days.map(({ day }) => day)],
  )
}

/** The latest traits count; a trait that identify does not name stays. */
async function writeTraits(tx: PoolClient, traits: readonly TraitsRow[]): Promise<void> {
  const latest = new Map<string, TraitsRow>()
  for (const row of traits) if ((latest.get(row.personId)?.at ?? '') <= row.at) latest.set(row.personId, row)
  if (latest.size === 0) return
  await tx.query(
    `update warehouse.dim_person person set
       plan = coalesce(given.plan, person.plan), channel = coalesce(given.channel, person.channel),
       country = coalesce(given.country, person.country), traits_at = given.at
     from (
       select * from jsonb_to_recordset($1)
         as t ("personId" uuid, plan text, channel text, country text, at timestamptz) order by "personId"
     ) as given
     where person.person_id = given."personId" and (person.traits_at is null or person.traits_at <= given.at)`,
    [JSON.stringify([...latest.values()])],
  )
}
