import { eventContract } from '@millrace/contracts/event-catalogue'
import { policyFields } from '@millrace/contracts/policy-fields'
import type { PoolClient } from 'pg'
import type { Inventoried } from './write-inventory.ts'

/** Names of fields, and of events, that a source may add to those that the contracts declare. */
const MOST_NAMES = 500
const OTHER = '(other)'

type Part = 'event' | 'field'

interface Name {
  readonly source: string
  readonly part: Part
  readonly name: string
}

/**
 * The same events with names that are known: declared by a contract, or among the first 500 of their source. Frontends make
 * up names, and a table of them must not grow without end.
 */
export async function boundNames(
  tx: PoolClient,
  events: readonly Inventoried[],
): Promise<readonly Inventoried[]> {
  const asked = undeclaredNames(events)
  if (asked.size === 0) return events
  const names = [...asked.values()]
  const known = await readKnown(tx, names)
  const missing = names.filter((name) => !known.names.has(keyOf(name)) && !known.full.has(placeOf(name)))
  const added = missing.length > 0 ? await addNames(tx, missing) : new Set<string>()
  const bounded = (name: Name): string =>
    !asked.has(keyOf(name)) || known.names.has(keyOf(name)) || added.has(keyOf(name)) ? name.name : OTHER
  return events.map(({ source, event, findings, ...rest }) => ({
    ...rest,
    source,
    event: bounded({ source, part: 'event', name: event }),
    findings: findings.map(({ field, ...found }) => ({
      ...found,
      field: bounded({ source, part: 'field', name: field }),
    })),
  }))
}

function undeclaredNames(events: readonly Inventoried[]): ReadonlyMap<string, Name> {
  const names: Name[] = []
  for (const { source, event, findings } of events) {
    if (!isDeclared(event)) names.push({ source, part: 'event', name: event })
    for (const { field } of findings)
      if (!isDeclared(event, field)) names.push({ source, part: 'field', name: field })
  }
  return new Map(names.map((name) => [keyOf(name), name]))
}

function isDeclared(event: string, field?: string): boolean {
  if (field === undefined) return eventContract(event) !== undefined || policyFields(event) !== undefined
  return (policyFields(event) ?? policyFields('group') ?? []).some((known) => known.field === field)
}

interface Known {
  readonly names: ReadonlySet<string>
  /** Sources and parts that take no more. */
  readonly full: ReadonlySet<string>
}

async function readKnown(tx: PoolClient, asked: readonly Name[]): Promise<Known> {
  const { rows } = await tx.query<Name & { known: boolean; full: boolean }>(
    `with asked as (select * from jsonb_to_recordset($1) as name (source text, part text, name text)),
       counted as (
         select source, part, count(*) as names from pipeline.pii_name
         where (source, part) in (select source, part from asked) group by source, part)
     select source, part, name, known.name is not null as known, coalesce(counted.names >= $2, false) as full
     from asked left join pipeline.pii_name known using (source, part, name)
       left join counted using (source, part)`,
    [JSON.stringify(asked), MOST_NAMES],
  )
  return {
    names: new Set(rows.filter(({ known }) => known).map(keyOf)),
    full: new Set(rows.filter(({ full }) => full).map(placeOf)),
  }
}

/** One loader at a time, until it commits: names that are new are seldom, and their number holds exactly. */
async function addNames(tx: PoolClient, missing: readonly Name[]): Promise<ReadonlySet<string>> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('millrace.pii_name', 0))`)
  const { names } = await readKnown(tx, missing)
  const { rows } = await tx.query<Name>(
    `insert into pipeline.pii_name (source, part, name)
     select source, part, name
     from (
       select source, part, name, row_number() over (partition by source, part order by name) as place
       from jsonb_to_recordset($1) as given (source text, part text, name text)) as given
     where place <= $2 - (
       select count(*) from pipeline.pii_name known where known.source = given.source and known.part = given.part)
     returning source, part, name`,
    [JSON.stringify(missing.filter((name) => !names.has(keyOf(name)))), MOST_NAMES],
  )
  return new Set([...names, ...rows.map(keyOf)])
}

function keyOf({ source, part, name }: Name): string {
  return JSON.stringify([source, part, name])
}

function placeOf({ source, part }: Name): string {
  return JSON.stringify([source, part])
}
