import type { PoolClient } from 'pg'
import { splitTimes } from './split-times.ts'

interface SessionKey {
  readonly source: string
  readonly key: string
}

interface LongSession extends SessionKey {
  readonly personId: string | null
  readonly startedAt: Date
  readonly endedAt: Date
}

/**
 * Cuts sessions that reach over 24 h, from the times of all their events: a late event may move every cut. Rare, so it
 * may read fact_event, within the session's own days.
 */
export async function splitLongSessions(
  tx: PoolClient,
  touched: readonly SessionKey[],
  businessDate: (epochMs: number) => string,
): Promise<void> {
  for (const session of await longSessions(tx, touched)) {
    const parts = splitTimes(await eventTimes(tx, session))
    await tx.query(
      `delete from warehouse.fact_session where source = $1 and kind = 'id' and session_key = $2 and part > 0`,
      [session.source, session.key],
    )
    await tx.query(
      `insert into warehouse.fact_session as session
         (source, kind, session_key, part, started_at, ended_at, business_date, person_id, events)
       select $1, 'id', $2, part, to_timestamp("startedAt" / 1000.0), to_timestamp("endedAt" / 1000.0), "businessDate", $3, events
       from jsonb_to_recordset($4)
         as given (part int, "startedAt" bigint, "endedAt" bigint, "businessDate" date, events bigint)
       on conflict (source, kind, session_key, part) do update set
         started_at = excluded.started_at, ended_at = excluded.ended_at,
         business_date = excluded.business_date, events = excluded.events`,
      [
        session.source,
        session.key,
        session.personId,
        JSON.stringify(parts.map((part) => ({ ...part, businessDate: businessDate(part.startedAt) }))),
      ],
    )
  }
}

async function longSessions(tx: PoolClient, touched: readonly SessionKey[]): Promise<LongSession[]> {
  const { rows } = await tx.query<LongSession>(
    `select source, session_key as key, min(person_id::text) filter (where part = 0) as "personId",
       min(started_at) as "startedAt", max(ended_at) as "endedAt"
     from warehouse.fact_session
     where kind = 'id' and (source, session_key) in (
       select source, key from jsonb_to_recordset($1) as given (source text, key text))
     group by source, session_key
     having max(part) > 0 or max(ended_at) - min(started_at) >= interval '24 hours'`,
    [JSON.stringify(touched.map(({ source, key }) => ({ source, key })))],
  )
  return rows
}

async function eventTimes(
  tx: PoolClient,
  { source, key, startedAt, endedAt }: LongSession,
): Promise<number[]> {
  const { rows } = await tx.query<{ at: Date }>(
    `select occurred_at as at from warehouse.fact_event
     where source = $1 and session_id = $2 and excluded_reason is null
       and occurred_at >= $3 and occurred_at <= $4
       and business_date >= ($3::timestamptz - interval '1 day')::date
       and business_date <= ($4::timestamptz + interval '1 day')::date`,
    [source, key, startedAt, endedAt],
  )
  return rows.map(({ at }) => at.getTime())
}
