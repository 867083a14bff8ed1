import type { PoolClient } from 'pg'
import type { SessionTouch } from '../facts/event-facts.ts'
import { copyRows } from './copy-rows.ts'
import { IDLE_MS, mergeVisits, type Visit } from './merge-visits.ts'
import { DAY_MS, splitTimes } from './split-times.ts'

interface Visitor {
  readonly source: string
  readonly key: string
  readonly personId: string | null
  visits: Visit[]
}

interface StoredVisit extends Visit {
  readonly source: string
  readonly key: string
  readonly isSplit: boolean
}

/**
 * Visits of visitors without session ids. The stored visits that new ones touch are taken out, joined with them, and
 * written back; the visitor's row in dim_person is locked by then (write-people.ts).
 */
export async function writeIdleSessions(
  tx: PoolClient,
  touches: readonly SessionTouch[],
  businessDate: (epochMs: number) => string,
): Promise<void> {
  const visitors = byVisitor(touches)
  if (visitors.size === 0) return
  await takeNearVisits(tx, visitors)
  const rows = []
  for (const visitor of visitors.values()) {
    for (const visit of await atMostADay(tx, visitor)) {
      rows.push([
        ...[visitor.source, 'idle', visitor.key, visit.startedAt],
        ...[isoTime(visit.startedAt), isoTime(visit.endedAt), businessDate(visit.startedAt)],
        ...[visitor.personId, visit.events, visit.isSplit],
      ])
    }
  }
  await copyRows(tx, 'fact_session', COLUMNS, rows)
}

const COLUMNS = [
  'source',
  'kind',
  'session_key',
  'part',
  'started_at',
  'ended_at',
  'business_date',
  'person_id',
  'events',
  'is_split',
]

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

function byVisitor(touches: readonly SessionTouch[]): Map<string, Visitor> {
  const visitors = new Map<string, Visitor>()
  for (const { source, key, at, personId } of touches) {
    const name = `${source} ${key}`
    const visitor = visitors.get(name) ?? { source, key, personId, visits: [] }
    const time = Date.parse(at)
    visitor.visits.push({ startedAt: time, endedAt: time, events: 1 })
    visitors.set(name, visitor)
  }
  for (const visitor of visitors.values()) visitor.visits = mergeVisits(visitor.visits)
  return visitors
}

/**
 * Takes out stored visits near the new ones. Stored visits are more than 30 minutes apart, but for the parts of one that
 * was longer than a day: of those all are taken, because where a visit is cut depends on where it begins.
 */
async function takeNearVisits(tx: PoolClient, visitors: ReadonlyMap<string, Visitor>): Promise<void> {
  let growing = [...visitors.values()]
  while (growing.length > 0) {
    const taken = await deleteNear(tx, growing)
    const grown = new Set<Visitor>()
    for (const visit of taken) {
      const visitor = visitors.get(`${visit.source} ${visit.key}`)
      if (!visitor) continue
      visitor.visits = mergeVisits([...visitor.visits, visit])
      if (visit.isSplit) grown.add(visitor)
    }
    growing = [...grown]
  }
}

async function deleteNear(tx: PoolClient, visitors: readonly Visitor[]): Promise<StoredVisit[]> {
  const visits = visitors.flatMap(({ source, key, visits }) =>
    visits.map(({ startedAt, endedAt }) => ({
      source,
      key,
      since: isoTime(startedAt - IDLE_MS),
      until: isoTime(endedAt + IDLE_MS),
    })),
  )
  const { rows } = await tx.query<StoredVisit>(
    `delete from warehouse.fact_session session
     using unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[]) as given (source, key, since, until)
     where session.source = given.source and session.kind = 'idle' and session.session_key = given.key
       and session.started_at <= given.until and session.ended_at >= given.since
     returning session.source, session.session_key as key, session.is_split as "isSplit",
       (extract(epoch from session.started_at) * 1000)::double precision as "startedAt",
       (extract(epoch from session.ended_at) * 1000)::double precision as "endedAt",
       session.events::double precision as events`,
    [
      visits.map(({ source }) => source),
      visits.map(({ key }) => key),
      visits.map(({ since }) => since),
      visits.map(({ until }) => until),
    ],
  )
  return rows
}

async function atMostADay(
  tx: PoolClient,
  visitor: Visitor,
): Promise<(Visit & { readonly isSplit: boolean })[]> {
  const pieces = []
  for (const visit of visitor.visits) {
    const isSplit = visit.endedAt - visit.startedAt >= DAY_MS
    const parts = isSplit ? splitTimes(await eventTimes(tx, visitor, visit)) : [visit]
    pieces.push(...parts.map((part) => ({ ...part, isSplit })))
  }
  return pieces
}

async function eventTimes(tx: PoolClient, { source, key }: Visitor, visit: Visit): Promise<number[]> {
  const { rows } = await tx.query<{ at: Date }>(
    `select occurred_at as at from warehouse.fact_event
     where source = $1 and key_kind = 'public' and session_id is null and excluded_reason is null
       and coalesce(anonymous_id, person_id) = $2
       and occurred_at >= $3 and occurred_at <= $4
       and business_date >= ($3::timestamptz - interval '1 day')::date
       and business_date <= ($4::timestamptz + interval '1 day')::date`,
    [source, key, isoTime(visit.startedAt), isoTime(visit.endedAt)],
  )
  return rows.map(({ at }) => at.getTime())
}
