import type { QuarantinedEvent } from '@millrace/contracts/quarantined-event'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import type { Pool } from 'pg'

/** Where the record stood that brought an event into quarantine: its name there. */
export interface QuarantineKey {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

interface QuarantineBase extends QuarantineKey {
  readonly eventId: string | null
  readonly source: string
  readonly code: string
  readonly path: string
  readonly detail: string
  /** ISO 8601 UTC. */
  readonly receivedAt: string
  readonly quarantinedAt: string
}

export type QuarantineRow = QuarantineBase &
  (
    | { readonly stage: 'contract'; readonly record: QuarantinedEvent }
    | { readonly stage: 'load'; readonly record: StampedEvent }
  )

export interface QuarantineFilter {
  readonly code?: string
  readonly eventId?: string
  readonly limit: number
}

/** Events that wait in quarantine, oldest first. */
export async function listQuarantine(
  pool: Pool,
  { code, eventId, limit }: QuarantineFilter,
): Promise<QuarantineRow[]> {
  const { rows } = await pool.query<QuarantineRow>(
    `select topic, partition, record_offset::double precision as "offset", stage, event_id as "eventId", source, code,
       path, detail, to_json(received_at) #>> '{}' as "receivedAt", to_json(quarantined_at) #>> '{}' as "quarantinedAt",
       record
     from pipeline.quarantine
     where retried_at is null and ($1::text is null or code = $1) and ($2::uuid is null or event_id = $2)
     order by quarantined_at, topic, partition, record_offset
     limit $3`,
    [code ?? null, eventId ?? null, limit],
  )
  return rows
}

/** Marks events as published again; only those that still wait. */
export async function markRetried(pool: Pool, keys: readonly QuarantineKey[]): Promise<void> {
  await pool.query(
    `update pipeline.quarantine q set retried_at = now()
     from jsonb_to_recordset($1) as key (topic text, partition int, "offset" bigint)
     where q.topic = key.topic and q.partition = key.partition and q.record_offset = key."offset"
       and q.retried_at is null`,
    [JSON.stringify(keys.map(({ topic, partition, offset }) => ({ topic, partition, offset })))],
  )
}
