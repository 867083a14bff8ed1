import type { PoolClient } from 'pg'
import type { EventFacts, PersonRename, PersonRow, TraitsRow } from '../facts/event-facts.ts'
import { lockPeople } from './lock-people.ts'
import { createPersonLinks } from './person-links.ts'

interface PersonDay {
  readonly personId: string
  readonly day: string
}

/** What sessions have to know of people. */
export interface KnownVisitors {
  /** One pseudonym for all that a visitor is known by under several keys. */
  nameOf(personId: string): string
  /** Pseudonyms whose visits now belong to another name. */
  readonly renames: ReadonlyMap<string, string>
}

/**
 * Persons, who is the same person, and the days on which they were active. Rows of dim_person are the locks: two loaders
 * that each add a day of one person, or that add a day and link it away, come one after the other.
 */
export async function writePeople(tx: PoolClient, facts: readonly EventFacts[]): Promise<KnownVisitors> {
  const renames = await renamesNotKnown(tx, facts)
  const isNew = await insertPeople(tx, facts, renames)
  const links = facts.flatMap((fact) => fact.links)
  const days = await daysNotCounted(tx, activeDays(facts))
  const touched = new Set([
    ...days.map(({ personId }) => personId),
    ...renames.flatMap(({ person, former }) => [person.personId, former.personId]),
    ...links.flatMap(({ from, to }) => [from, to]),
    ...visitors(facts),
  ])
  const people = createPersonLinks(touched.size > 0 ? await lockPeople(tx, touched) : new Map())
  for (const { person, former } of renames) people.rename(person.personId, former.personId)
  for (const link of links) people.link(link)
  await nameAlike(tx, people.renames())
  const moved = await movePeople(tx, people.moves())
  await insertDays(
    tx,
    [...days, ...moved].map(({ personId, day }) => ({ personId: people.of(personId), day })),
  )
  await writeTraits(
    tx,
    facts.flatMap(({ traits }) => traits ?? []),
  )
  return {
    nameOf: people.nameOf,
    // Who is new has no visits yet.
    renames: new Map([...people.renames()].filter(([from]) => !isNew.has(from))),
  }
}

/** In a rotation every event says it again; the first time counts. */
async function renamesNotKnown(tx: PoolClient, facts: readonly EventFacts[]): Promise<PersonRename[]> {
  const said = new Map<string, PersonRename>()
  for (const { renames = [] } of facts) {
    for (const rename of renames) said.set(rename.person.personId + rename.former.personId, rename)
  }
  if (said.size === 0) return []
  const all = [...said.values()]
  const { rows } = await tx.query<{ nth: number }>(
    `select nth::int from unnest($1::uuid[], $2::uuid[]) with ordinality as said (person_id, former_id, nth)
       left join warehouse.dim_person person on person.person_id = said.person_id
       left join warehouse.dim_person former on former.person_id = said.former_id
     where coalesce(person.same_as, said.person_id) <> coalesce(former.same_as, said.former_id)`,
    [all.map(({ person }) => person.personId), all.map(({ former }) => former.personId)],
  )
  return rows.flatMap(({ nth }) => all[nth - 1] ?? [])
}

/** Returns who was not known before. */
async function insertPeople(
  tx: PoolClient,
  facts: readonly EventFacts[],
  renames: readonly PersonRename[],
): Promise<ReadonlySet<string>> {
  const people = new Map<string, PersonRow>()
  for (const { people: mentioned } of facts)
    for (const person of mentioned) people.set(person.personId, person)
  for (const { former } of renames) people.set(former.personId, former)
  if (people.size === 0) return new Set()
  const { rows } = await tx.query<{ id: string }>(
    `insert into warehouse.dim_person (person_id, canonical_id, kind)
     select person_id, person_id, kind from unnest($1::uuid[], $2::text[]) as person (person_id, kind)
     order by person_id on conflict do nothing returning person_id as id`,
    [[...people.keys()], [...people.values()].map(({ kind }) => kind)],
  )
  return new Set(rows.map(({ id }) => id))
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

/** Gives whoever has the one name the other. */
async function nameAlike(tx: PoolClient, renames: ReadonlyMap<string, string>): Promise<void> {
  if (renames.size === 0) return
  await tx.query(
    `update warehouse.dim_person person set same_as = rename.name
     from unnest($1::uuid[], $2::uuid[]) as rename (person_id, name)
     where person.person_id = rename.person_id or person.same_as = rename.person_id`,
    [[...renames.keys()], [...renames.values()]],
  )
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
