/** The stored columns of fact_session, as they are written everywhere. */
export const SESSION_COLUMNS = [
  'source',
  'kind',
  'session_key',
  'part',
  'started_at',
  'ended_at',
  'business_date',
  'person_id',
  'events',
  'split_from',
]

/**
 * SQL: rows of SESSION_COLUMNS become parts of sessions, or are folded into those that are there, the same in any order
 * of arrival. A condition on `session`, and `returning`, may follow.
 */
export function foldSessions(select: string): string {
  return `insert into warehouse.fact_session as session (${SESSION_COLUMNS.join(', ')})
     ${select}
     on conflict (source, kind, session_key, part) do update set
       started_at = least(session.started_at, excluded.started_at),
       ended_at = greatest(session.ended_at, excluded.ended_at),
       business_date = case when excluded.started_at < session.started_at
         then excluded.business_date else session.business_date end,
       person_id = coalesce(session.person_id, excluded.person_id),
       events = session.events + excluded.events`
}
