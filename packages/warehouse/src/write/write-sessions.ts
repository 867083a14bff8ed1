import type { PoolClient } from 'pg'
import type { EventFacts, SessionTouch } from '../facts/event-facts.ts'
import { type LongSession, splitLongSessions } from './split-long-sessions.ts'
import { writeIdleSessions } from './write-idle-sessions.ts'

export type BusinessDate = (epochMs: number) => string

/** Sessions by the client's id, and by 30 minutes without activity where the client gives none. */
export async function writeSessions(
  tx: PoolClient,
  facts: readonly EventFacts[],
  businessDate: BusinessDate,
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
  )
}

interface IdSession {
  readonly source: string
  readonly key: string
  readonly startedAt: string
  readonly endedAt: string
  readonly businessDate: string
  readonly personId: string | null
  readonly events: number
}

/** Part 0 of a session is also its lock: events of one session may lie in two partitions, before and after a log-in. */
async function writeIdSessions(
  tx: PoolClient,
  touches: readonly SessionTouch[],
  businessDate: BusinessDate,
): Promise<void> {
  const sessions = bySession(touches)
  if (sessions.length === 0) return
  const { rows: long } = await tx.query<LongSession>(
    `with touched as (
     insert into warehouse.fact_session as session
       (source, kind, session_key, part, started_at, ended_at, business_date, person_id, events)
     select source, 'id', key, 0, started_at, ended_at, business_date, person_id, events
     from unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::date[], $6::uuid[], $7::bigint[])
       as given (source, key, started_at, ended_at, business_date, person_id, events)
     order by source, key
     on conflict (source, kind, session_key, part) do update set
       started_at = least(session.started_at, excluded.started_at),
       ended_at = greatest(session.ended_at, excluded.ended_at),
       business_date = case when excluded.started_at < session.started_at
         then excluded.business_date else session.business_date end,
       person_id = coalesce(session.person_id, excluded.person_id),
       events = session.events + excluded.events
     returning source, session_key, person_id, is_split, started_at, ended_at
     )
     select source, session_key as key, person_id as "personId" from touched
     where is_split or ended_at - started_at >= interval '24 hours'`,
    // Arrays, not JSON: half the time for what may be as many rows as events.
    [
      sessions.map(({ source }) => source),
      sessions.map(({ key }) => key),
      sessions.map(({ startedAt }) => startedAt),
      sessions.map(({ endedAt }) => endedAt),
      sessions.map(({ businessDate }) => businessDate),
      sessions.map(({ personId }) => personId),
      sessions.map(({ events }) => events),
    ],
  )
  await splitLongSessions(tx, long, businessDate)
}

function bySession(touches: readonly SessionTouch[]): IdSession[] {
  const sessions = new Map<string, IdSession>()
  for (const { source, key, at, businessDate, personId } of touches) {
    const name = `${source} ${key}`
    const known = sessions.get(name)
    const isFirst = !known || at < known.startedAt
    sessions.set(name, {
      source,
      key,
      startedAt: isFirst ? at : known.startedAt,
      endedAt: known && known.endedAt > at ? known.endedAt : at,
      businessDate: isFirst ? businessDate : known.businessDate,
      personId: known?.personId ?? personId,
      events: (known?.events ?? 0) + 1,
    })
  }
  return [...sessions.values()]
}
