import type { PoolClient } from 'pg'
import type { EventFacts, SessionTouch } from '../facts/event-facts.ts'
import { foldSessions } from './fold-sessions.ts'
import { DAY_MS } from './split-times.ts'
import { writeIdleSessions } from './write-idle-sessions.ts'
import { type TouchedSession, writeLongSessions } from './write-long-sessions.ts'
import type { KnownVisitors } from './write-people.ts'

export type BusinessDate = (epochMs: number) => string

/** Sessions by the client's id, and by 30 minutes without activity where the client gives none. */
export async function writeSessions(
  tx: PoolClient,
  facts: readonly Pick<EventFacts, 'session'>[],
  businessDate: BusinessDate,
  visitors: KnownVisitors,
): Promise<void> {
  const touches = facts.flatMap(({ session }) => session ?? [])
  await writeIdSessions(
    tx,
    touches.filter(({ kind }) => kind === 'id'),
    businessDate,
  )
  await writeIdleSessions(
    tx,
    touches.filter(({ kind }) => kind === 'idle'),
    businessDate,
    visitors,
  )
}

/**
 * Part 0 of a session is also its lock: events of one session may lie in two partitions, before and after a log-in.
 * Sessions that reach over 24 h are only locked here, and come back to be cut.
 */
async function writeIdSessions(
  tx: PoolClient,
  touches: readonly SessionTouch[],
  businessDate: BusinessDate,
): Promise<void> {
  const sessions = bySession(touches)
  if (sessions.length === 0) return
  const { rows: long } = await tx.query<{ source: string; key: string }>(
    `with given as (
       select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::date[], $6::uuid[], $7::bigint[],
         $8::timestamptz[]) as given (source, key, started_at, ended_at, business_date, person_id, events, split_from)
     ), written as (
       ${foldSessions(`select source, 'id', key, 0, started_at, ended_at, business_date, person_id, events, split_from
         from given order by source, key`)}
       where session.split_from is null and excluded.split_from is null and (greatest(session.ended_at, excluded.ended_at)
         - least(session.started_at, excluded.started_at) < interval '24 hours')
       returning source, session_key as key
     )
     select source, key from given
     where split_from is not null or (source, key) not in (select source, key from written)`,
    // Arrays, not JSON: half the time for what may be as many rows as events.
    arraysOf(sessions, businessDate),
  )
  const names = new Set(long.map(nameOf))
  await writeLongSessions(
    tx,
    sessions.filter((session) => names.has(nameOf(session))),
    businessDate,
  )
}

/** One that is long by itself begins as a row without events: what it has is added when it is cut. */
function arraysOf(sessions: readonly TouchedSession[], businessDate: BusinessDate): unknown[] {
  const rows = sessions.map(({ source, key, personId, times }) => {
    const [first, last] = extentOf(times)
    const isLong = last - first >= DAY_MS
    const events = isLong ? 0 : times.length
    return [source, key, first, isLong ? first : last, businessDate(first), personId, events, isLong] as const
  })
  return [
    rows.map(([source]) => source),
    rows.map(([, key]) => key),
    rows.map(([, , startedAt]) => new Date(startedAt).toISOString()),
    rows.map(([, , , endedAt]) => new Date(endedAt).toISOString()),
    rows.map(([, , , , day]) => day),
    rows.map(([, , , , , personId]) => personId),
    rows.map(([, , , , , , events]) => events),
    rows.map(([, , startedAt, , , , , isLong]) => (isLong ? new Date(startedAt).toISOString() : null)),
  ]
}

function extentOf(times: readonly number[]): [number, number] {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const time of times) {
    if (time < first) first = time
    if (time > last) last = time
  }
  return [first, last]
}

function bySession(touches: readonly SessionTouch[]): TouchedSession[] {
  const sessions = new Map<string, TouchedSession & { readonly times: number[] }>()
  for (const touch of touches) {
    const { source, key, personId } = touch
    const name = nameOf(touch)
    const known = sessions.get(name)
    if (known) known.times.push(Date.parse(touch.at))
    else sessions.set(name, { source, key, personId, times: [Date.parse(touch.at)] })
  }
  return [...sessions.values()]
}

function nameOf({ source, key }: { readonly source: string; readonly key: string }): string {
  return `${source} ${key}`
}
