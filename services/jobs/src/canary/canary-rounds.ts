import { createHash } from 'node:crypto'
import type { LogRange } from '@millrace/event-log/event-log'
import type { Pool } from 'pg'

/** Where the canary's traces are looked for. */
export const CANARY_STORES = ['log', 'archive', 'postgres', 'files'] as const
export type CanaryStore = (typeof CANARY_STORES)[number]

/** The end of a partition, when it was asked. */
export interface LogEnd {
  readonly topic: string
  readonly partition: number
  readonly nextOffset: number
}

export interface CanaryRound {
  readonly round: number
  readonly sentAt: Date
  /** First that of the event that was to be accepted. */
  readonly eventIds: readonly string[]
  /** Ends of the log before it was sent. */
  readonly from: readonly LogEnd[]
  /** And after it was loaded; null until then. */
  readonly until: readonly LogEnd[] | null
  /** Whether Postgres holds all that the log held until then. */
  readonly loaded: boolean
  /** Stores that had nothing of it. */
  readonly clean: readonly CanaryStore[]
}

/** What is older is forgotten: rounds that were never taken, and those whose traces somebody has to remove. */
const KEPT_DAYS = 7
const LONGEST_WAY_HOURS = 1
/** Of one search; the next one goes on. */
const MOST_ROUNDS = 5_000

/** Notes a round before it is sent, and returns its number. Where the log cannot say its ends, those of the round before count. */
export async function beginRound(
  pool: Pool,
  {
    sentAt,
    eventIds,
    from,
  }: Pick<CanaryRound, 'sentAt' | 'eventIds'> & { from: CanaryRound['from'] | undefined },
): Promise<number> {
  const { rows } = await pool.query<{ round: number }>(
    `with forgotten as (
       delete from pipeline.canary_round where sent_at < $1::timestamptz - make_interval(days => $4)
     )
     insert into pipeline.canary_round (sent_at, event_ids, log_from)
     values ($1, $2, coalesce($3, (
       select coalesce(log_until, log_from) from pipeline.canary_round order by round desc limit 1), '[]'))
     returning round::int`,
    [sentAt, eventIds, from && JSON.stringify(from), KEPT_DAYS],
  )
  return rows[0]?.round ?? 0
}

/** Notes the ends of the log for the rounds whose event is claimed in Postgres, and for those that wait too long for it. */
export async function endRounds(pool: Pool, until: readonly LogEnd[]): Promise<void> {
  await pool.query(
    `update pipeline.canary_round as sent set log_until = $1
     where log_until is null and (sent_at < now() - make_interval(hours => $2)
       or exists (select from pipeline.event_seen where event_id = event_ids[1]))`,
    [JSON.stringify(until), LONGEST_WAY_HOURS],
  )
}

/** Those in which one of these stores was not looked at yet, or had something. */
export async function unsearchedRounds(
  pool: Pool,
  stores: readonly CanaryStore[],
): Promise<readonly CanaryRound[]> {
  const { rows } = await pool.query<CanaryRound>(
    `select round::int, sent_at as "sentAt", event_ids as "eventIds", log_from as "from", log_until as until, clean,
       log_until is not null and not exists (
         select from jsonb_to_recordset(log_until) as ended (topic text, partition int, "nextOffset" bigint)
           left join pipeline.load_position as loaded using (topic, partition)
         where ended."nextOffset" > coalesce(loaded.next_offset, 0)) as loaded
     from pipeline.canary_round
     where not clean @> $1
     order by round
     limit $2`,
    [stores, MOST_ROUNDS],
  )
  return rows
}

export async function markClean(
  pool: Pool,
  rounds: readonly CanaryRound[],
  store: CanaryStore,
): Promise<void> {
  await pool.query(
    `update pipeline.canary_round set clean = clean || $2
     where round = any ($1) and not clean @> array[$2]`,
    [rounds.map(({ round }) => round), store],
  )
}

/** The parts of the log in which rounds stand, without overlaps; of a round that is under way up to the given ends. */
export function partsOf(rounds: readonly CanaryRound[], ends: readonly LogEnd[]): readonly LogRange[] {
  const parts = rounds
    .flatMap(({ from, until }) =>
      (until ?? ends).map(({ topic, partition, nextOffset }) => {
        const begin = from.find((end) => end.topic === topic && end.partition === partition)
        return { topic, partition, firstOffset: begin?.nextOffset ?? 0, nextOffset }
      }),
    )
    .filter(({ firstOffset, nextOffset }) => firstOffset < nextOffset)
    .sort(
      (a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition || a.firstOffset - b.firstOffset,
    )
  const joined: LogRange[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    const follows =
      last?.topic === part.topic && last.partition === part.partition && part.firstOffset <= last.nextOffset
    if (follows)
      joined[joined.length - 1] = { ...last, nextOffset: Math.max(last.nextOffset, part.nextOffset) }
    else joined.push(part)
  }
  return joined
}

/** The event's id: the first 128 bits of SHA-256 over source, 0 and messageId. */
export function eventIdOf(source: string, messageId: string): string {
  const hex = createHash('sha256').update(`${source}\0${messageId}`).digest('hex')
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
