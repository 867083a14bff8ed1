import type { PoolClient } from 'pg'
import { foldSessions } from './fold-sessions.ts'
import { splitTimes } from './split-times.ts'
import type { BusinessDate } from './write-sessions.ts'

/** A session by the client's id and the times (epoch milliseconds) of its events in the batch. */
export interface TouchedSession {
  readonly source: string
  readonly key: string
  readonly personId: string | null
  readonly times: readonly number[]
}

interface PartRow {
  readonly source: string
  readonly key: string
  readonly part: number
  readonly startedAt: number
  readonly endedAt: number
  readonly businessDate: string
  readonly personId: string | null
  readonly events: number
  /** When part 0 began. */
  readonly start: number
}

/**
 * Sessions that reach over 24 h are cut every 24 h from their start; part 0 of each is locked and there. Some clients
 * never change their id, so an event that comes after the start only touches its own part. One from before the start
 * moves every cut: then the times of all events are read again.
 */
export async function writeLongSessions(
  tx: PoolClient,
  sessions: readonly TouchedSession[],
  businessDate: BusinessDate,
): Promise<void> {
  if (sessions.length === 0) return
  const starts = await readStarts(tx, sessions)
  const rows: PartRow[] = []
  for (const session of sessions) {
    const { source, key, personId } = session
    const known = starts.get(`${source} ${key}`) ?? 0
    const start = session.times.reduce((first, time) => Math.min(first, time), known)
    const times = start < known ? await takeAll(tx, session, start) : session.times
    for (const part of splitTimes(times, start)) {
      rows.push({ source, key, personId, start, ...part, businessDate: businessDate(part.startedAt) })
    }
  }
  await addParts(tx, rows)
}

async function readStarts(
  tx: PoolClient,
  sessions: readonly TouchedSession[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await tx.query<{ source: string; key: string; start: Date }>(
    `update warehouse.fact_session session set split_from = started_at
     from unnest($1::text[], $2::text[]) as given (source, key)
     where session.source = given.source and session.kind = 'id' and session.session_key = given.key
       and session.part = 0
     returning session.source, session.session_key as key, session.started_at as start`,
    [sessions.map(({ source }) => source), sessions.map(({ key }) => key)],
  )
  return new Map(rows.map(({ source, key, start }) => [`${source} ${key}`, start.getTime()]))
}

async function addParts(tx: PoolClient, rows: readonly PartRow[]): Promise<void> {
  await tx.query(
    foldSessions(
      `select source, 'id', key, part, to_timestamp("startedAt" / 1000.0), to_timestamp("endedAt" / 1000.0), "businessDate",
         "personId", events, to_timestamp(start / 1000.0)
       from jsonb_to_recordset($1) as given (source text, key text, part int, "startedAt" bigint, "endedAt" bigint,
         "businessDate" date, "personId" uuid, events bigint, start bigint)
       order by source, key, part`,
    ),
    [JSON.stringify(rows)],
  )
}

/** Takes every part out and returns the times of all events, those of the batch among them. */
async function takeAll(tx: PoolClient, { source, key }: TouchedSession, start: number): Promise<number[]> {
  await tx.query(
    `delete from warehouse.fact_session where source = $1 and kind = 'id' and session_key = $2`,
    [source, key],
  )
  const { rows } = await tx.query<{ at: Date }>(
    `select occurred_at as at from warehouse.fact_event
     where source = $1 and session_id = $2 and excluded_reason is null
       and occurred_at >= $3 and business_date >= ($3::timestamptz - interval '1 day')::date`,
    [source, key, new Date(start).toISOString()],
  )
  return rows.map(({ at }) => at.getTime())
}
