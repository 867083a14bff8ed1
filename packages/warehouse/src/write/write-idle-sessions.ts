import type { PoolClient } from 'pg'
import type { SessionTouch } from '../facts/event-facts.ts'
import { copyRows } from './copy-rows.ts'
import { SESSION_COLUMNS } from './fold-sessions.ts'
import { mergeVisits, type Visit } from './merge-visits.ts'
import { DAY_MS, splitTimes } from './split-times.ts'
import { type StoredVisit, takeNearVisits, takeVisitsOf, takeWholeVisits } from './take-visits.ts'
import type { KnownVisitors } from './write-people.ts'

interface Visitor {
  readonly source: string
  readonly key: string
  readonly personId: string | null
  visits: Visit[]
  /** Parts of visits of more than a day that were taken out to be joined with new ones. */
  readonly parts: { readonly startedAt: number; readonly splitFrom: number }[]
}

/**
 * Visits of visitors without session ids. The stored visits that new ones touch are taken out, joined with them, and
 * written back; the visitor's row in dim_person is locked by then (write-people.ts). A visit of more than a day is cut
 * every 24 hours from its start. Some visitors (a screen in a shop) never leave, so only the part that is touched is
 * taken out, unless the start itself moves.
 */
export async function writeIdleSessions(
  tx: PoolClient,
  touches: readonly SessionTouch[],
  businessDate: (epochMs: number) => string,
  { nameOf, renames }: KnownVisitors,
): Promise<void> {
  const visitors = byVisitor(touches, nameOf)
  if (renames.size > 0) addRenamed(visitors, await takeVisitsOf(tx, [...renames.keys()]), renames)
  if (visitors.size === 0) return
  join(visitors, await takeNearVisits(tx, [...visitors.values()]))
  const moved = [...visitors.values()].flatMap(movedVisits)
  if (moved.length > 0) join(visitors, await takeWholeVisits(tx, moved))

  const rows = []
  for (const visitor of visitors.values()) {
    for (const visit of visitor.visits) {
      const known = knownStarts(visitor, visit)
      const start = Math.min(visit.startedAt, ...known)
      const splitFrom = known.length > 0 || visit.endedAt - start >= DAY_MS ? isoTime(start) : null
      for (const { startedAt, endedAt, events } of await cut(tx, visitor, visit, start)) {
        rows.push([
          ...[visitor.source, 'idle', visitor.key, startedAt],
          ...[isoTime(startedAt), isoTime(endedAt), businessDate(startedAt)],
          ...[visitor.personId, events, splitFrom],
        ])
      }
    }
  }
  await copyRows(tx, 'fact_session', SESSION_COLUMNS, rows)
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

function byVisitor(touches: readonly SessionTouch[], nameOf: KnownVisitors['nameOf']): Map<string, Visitor> {
  const visitors = new Map<string, Visitor>()
  for (const { source, key: pseudonym, at, personId } of touches) {
    const key = nameOf(pseudonym)
    const name = `${source} ${key}`
    const visitor = visitors.get(name) ?? { source, key, personId, visits: [], parts: [] }
    const time = Date.parse(at)
    visitor.visits.push({ startedAt: time, endedAt: time, events: 1 })
    visitors.set(name, visitor)
  }
  for (const visitor of visitors.values()) visitor.visits = mergeVisits(visitor.visits)
  return visitors
}

/** A visitor who was seen under two keys before it was known: the visits become those of one. */
function addRenamed(
  visitors: Map<string, Visitor>,
  taken: readonly StoredVisit[],
  renames: ReadonlyMap<string, string>,
): void {
  const renamed = taken.map((visit) => ({ ...visit, key: renames.get(visit.key) ?? visit.key }))
  for (const { source, key, personId } of renamed) {
    const name = `${source} ${key}`
    if (!visitors.has(name)) visitors.set(name, { source, key, personId, visits: [], parts: [] })
  }
  join(visitors, renamed)
}

function join(visitors: ReadonlyMap<string, Visitor>, taken: readonly StoredVisit[]): void {
  const grown = new Set<Visitor>()
  for (const visit of taken) {
    const visitor = visitors.get(`${visit.source} ${visit.key}`)
    if (!visitor) continue
    const { startedAt, endedAt, events } = visit
    visitor.visits.push({ startedAt, endedAt, events })
    if (visit.splitFrom !== null) visitor.parts.push({ startedAt, splitFrom: visit.splitFrom })
    grown.add(visitor)
  }
  for (const visitor of grown) visitor.visits = mergeVisits(visitor.visits)
}

/** Where the long visits begin, as far as was known, that this one has parts of. */
function knownStarts({ parts }: Visitor, { startedAt, endedAt }: Visit): number[] {
  const own = parts.filter((part) => part.startedAt >= startedAt && part.startedAt <= endedAt)
  return [...new Set(own.map(({ splitFrom }) => splitFrom))]
}

/** Long visits that now begin earlier or are joined with another: all their cuts may move. */
function movedVisits(visitor: Visitor) {
  const { source, key } = visitor
  return visitor.visits.flatMap((visit) => {
    const starts = knownStarts(visitor, visit)
    const isMoved = starts.length > 1 || starts.some((start) => visit.startedAt < start)
    return isMoved ? starts.map((start) => ({ source, key, start })) : []
  })
}

async function cut(tx: PoolClient, visitor: Visitor, visit: Visit, start: number): Promise<Visit[]> {
  const partOf = (time: number): number => Math.floor((time - start) / DAY_MS)
  if (partOf(visit.startedAt) === partOf(visit.endedAt)) return [visit]
  return splitTimes(await eventTimes(tx, visitor, visit), start)
}

async function eventTimes(tx: PoolClient, { source, key }: Visitor, visit: Visit): Promise<number[]> {
  const { rows } = await tx.query<{ at: Date }>(
    `select occurred_at as at from warehouse.fact_event
     where source = $1 and key_kind = 'public' and session_id is null and excluded_reason is null
       and coalesce(anonymous_id, person_id) = any (
         array(select person_id from warehouse.dim_person where same_as = $2::uuid) || $2::uuid)
       and occurred_at >= $3 and occurred_at <= $4
       and business_date >= ($3::timestamptz - interval '1 day')::date
       and business_date <= ($4::timestamptz + interval '1 day')::date`,
    [source, key, isoTime(visit.startedAt), isoTime(visit.endedAt)],
  )
  return rows.map(({ at }) => at.getTime())
}
