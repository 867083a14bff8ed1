import type { Archive } from '@millrace/archive/archive'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog } from '@millrace/event-log/event-log'
import type { Pool } from 'pg'
import { readCompacted } from '../compact/compaction-position.ts'
import type { Seen } from '../create-account-reader.ts'
import { readSeen } from '../reconcile/seen-accounts.ts'

export interface ProofDeps {
  readonly archive: Archive
  readonly log: Pick<EventLog, 'identity'>
  readonly now: () => Date
}

export type Proof =
  | { readonly kind: 'reconciled'; readonly topics: Seen }
  /** Why nothing may be deleted now. */
  | { readonly kind: 'none'; readonly reason: string }

const DAY_MS = 86_400_000

/** What the last reconciliation proved, if it was of this log, not long ago, and nothing was missing. */
export async function readProof({ archive, log, now }: ProofDeps): Promise<Proof> {
  const seen = await readSeen(archive)
  if (!seen || seen.identity !== (await log.identity()))
    return { kind: 'none', reason: 'nothing was reconciled yet' }
  if (seen.broken) return { kind: 'none', reason: 'the last reconciliation found records missing or double' }
  if (now().getTime() - seen.checkedAt.getTime() > DAY_MS)
    return { kind: 'none', reason: 'the last reconciliation is more than a day old' }
  return { kind: 'reconciled', topics: seen.topics }
}

/**
 * Why facts may not be deleted: what was loaded more than a day ago has to be in the archive and in Parquet, which are
 * what is left of it. Undefined when they may.
 */
export async function whyFactsStay(pool: Pool, archive: Archive, topics: Seen): Promise<string | undefined> {
  for (const { partition, archived } of topics[EVENTS_TOPIC] ?? []) {
    const archivedTo = Math.max(0, ...archived.map(({ to }) => to + 1))
    if (await wasLoadedLongAgo(pool, partition, archivedTo)) return 'the archive is more than a day behind'
    const compactedTo = await readCompacted(archive, EVENTS_TOPIC, partition)
    if (await wasLoadedLongAgo(pool, partition, compactedTo)) return 'Parquet is more than a day behind'
  }
  return undefined
}

/** Whether the record of this offset, or the next one that is known, was loaded more than a day ago. */
async function wasLoadedLongAgo(pool: Pool, partition: number, offset: number): Promise<boolean> {
  const { rows } = await pool.query<{ long: boolean }>(
    `select loaded_at < now() - interval '1 day' as long from pipeline.load_ledger
     where topic = $1 and partition = $2 and last_offset >= $3
       and first_offset >= coalesce((
         select max(first_offset) from pipeline.load_ledger
         where topic = $1 and partition = $2 and first_offset <= $3), 0)
     order by first_offset limit 1`,
    [EVENTS_TOPIC, partition, offset],
  )
  return rows[0]?.long ?? false
}
