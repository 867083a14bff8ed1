import type { PoolClient } from 'pg'
import { splitTimes } from './split-times.ts'

export interface LongSession {
  readonly source: string
  readonly key: string
  readonly personId: string | null
}

/**
 * Cuts sessions that reach over 24 h, from the times of all their events: a late event may move every cut. Rare, so it
 * may read fact_event, within the session's own days.
 */
export async function splitLongSessions(
  tx: PoolClient,
  sessions: readonly LongSession[],
  businessDate: (epochMs: number) => string,
): Promise<void> {
  for (const session of sessions) {
    const parts = splitTimes(await eventTimes(tx, session))
    await tx.query(
      `delete from warehouse.fact_session where source = $1 and kind = 'id' and session_key = $2 and part > 0`,
      [session.source, session.key],
    )
    await tx.query(
      `insert into warehouse.fact_session as session
         (source, kind, session_key, part, started_at, ended_at, business_date, person_id, events, is_split)
       select $1, 'id', $2, part, to_timestamp("startedAt" / 1000.0), to_timestamp("endedAt" / 1000.0), "businessDate", $3, events, true
       from jsonb_to_recordset($4)
         as given (part int, "startedAt" bigint, "endedAt" bigint, "businessDate" date, events bigint)
       on conflict (source, kind, session_key, part) do update set
         started_at = excluded.started_at, ended_at = excluded.ended_at,
         business_date = excluded.business_date, events = excluded.events, is_split = true`,
      [
        session.source,
        session.key,
        session.personId,
        JSON.stringify(parts.map((part) => ({ ...part, businessDate: businessDate(part.startedAt) }))),
      ],
    )
  }
}

async function eventTimes(tx: PoolClient, { source, key }: LongSession): Promise<number[]> {
  const { rows } = await tx.query<{ at: Date }>(
    `with extent as (
       select min(started_at) as first, max(ended_at) as last from warehouse.fact_session
       where source = $1 and kind = 'id' and session_key = $2
     )
     select occurred_at as at from warehouse.fact_event, extent
     where source = $1 and session_id = $2 and excluded_reason is null
       and occurred_at >= first and occurred_at <= last
       and business_date >= (first - interval '1 day')::date and business_date <= (last + interval '1 day')::date`,
    [source, key],
  )
  return rows.map(({ at }) => at.getTime())
}
