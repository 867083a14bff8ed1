import type { PoolClient } from 'pg'
import { IDLE_MS, type Visit } from './merge-visits.ts'

/** A visit, or a part of a long one, that was taken out of fact_session. */
export interface StoredVisit extends Visit {
  readonly source: string
  readonly key: string
  readonly personId: string | null
  /** Of a part: when the whole visit began, in epoch milliseconds. */
  readonly splitFrom: number | null
}

interface VisitsOf {
  readonly source: string
  readonly key: string
  readonly visits: readonly Visit[]
}

const TAKEN = `session.source, session.session_key as key, session.person_id as "personId",
  (extract(epoch from session.split_from) * 1000)::double precision as "splitFrom",
  (extract(epoch from session.started_at) * 1000)::double precision as "startedAt",
  (extract(epoch from session.ended_at) * 1000)::double precision as "endedAt",
  session.events::double precision as events`

/** Takes out what is no more than 30 minutes away from the given visits. */
export async function takeNearVisits(
  tx: PoolClient,
  visitors: readonly VisitsOf[],
): Promise<readonly StoredVisit[]> {
  const near = visitors.flatMap(({ source, key, visits }) =>
    visits.map(({ startedAt, endedAt }) => ({
      source,
      key,
      since: startedAt - IDLE_MS,
      until: endedAt + IDLE_MS,
    })),
  )
  const { rows } = await tx.query<StoredVisit>(
    `delete from warehouse.fact_session session
     using unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[]) as given (source, key, since, until)
     where session.source = given.source and session.kind = 'idle' and session.session_key = given.key
       and session.started_at <= given.until and session.ended_at >= given.since
     returning ${TAKEN}`,
    [
      near.map(({ source }) => source),
      near.map(({ key }) => key),
      near.map(({ since }) => new Date(since).toISOString()),
      near.map(({ until }) => new Date(until).toISOString()),
    ],
  )
  return rows
}

/** Takes out all that is left of long visits, by where they begin. */
export async function takeWholeVisits(
  tx: PoolClient,
  visits: readonly { readonly source: string; readonly key: string; readonly start: number }[],
): Promise<readonly StoredVisit[]> {
  const { rows } = await tx.query<StoredVisit>(
    `delete from warehouse.fact_session session
     using unnest($1::text[], $2::text[], $3::timestamptz[]) as given (source, key, start)
     where session.source = given.source and session.kind = 'idle' and session.session_key = given.key
       and session.split_from = given.start
     returning ${TAKEN}`,
    [
      visits.map(({ source }) => source),
      visits.map(({ key }) => key),
      visits.map(({ start }) => new Date(start).toISOString()),
    ],
  )
  return rows
}

/** Takes out all visits of visitors, of every source. */
export async function takeVisitsOf(tx: PoolClient, keys: readonly string[]): Promise<readonly StoredVisit[]> {
  // The key of the table begins with the source, and there are few.
  const { rows } = await tx.query<StoredVisit>(
    `with recursive known (source) as (
       (select source from warehouse.fact_session order by source limit 1)
       union all
       select (select source from warehouse.fact_session where source > known.source order by source limit 1)
       from known where known.source is not null
     )
     delete from warehouse.fact_session session using known, unnest($1::text[]) as given (key)
     where session.source = known.source and session.kind = 'idle' and session.session_key = given.key
     returning ${TAKEN}`,
    [keys],
  )
  return rows
}
