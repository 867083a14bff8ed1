import type { PoolClient } from 'pg'
import type { DeadRecord, FactBatch } from './fact-batch.ts'

/** Keeps what could not be counted: events refused by the API, and accepted ones whose facts cannot be written. */
export async function writeQuarantine(
  tx: PoolClient,
  batch: FactBatch,
  dead: readonly DeadRecord[],
): Promise<void> {
  const refused = batch.rejected.map(({ offset, value }) => ({ offset, stage: 'contract', record: value }))
  const broken = dead.map(({ offset, value, code, path, detail }) => ({
    ...{ offset, stage: 'load', code, path, detail },
    record: value,
  }))
  const rows = [...refused, ...broken].map(({ record, ...row }) => ({ ...row, record: storable(record) }))
  if (rows.length === 0) return
  await tx.query(
    `insert into pipeline.quarantine
       (topic, partition, record_offset, stage, event_id, source, code, path, detail, received_at, record)
     select $1, $2, "offset", stage, (record ->> 'eventId')::uuid, coalesce(record ->> 'source', ''),
       coalesce(code, record ->> 'code', 'schema_invalid'), coalesce(path, record ->> 'path', ''),
       coalesce(detail, record ->> 'detail', ''), coalesce((record ->> 'receivedAt')::timestamptz, now()), record
     from jsonb_to_recordset($3)
       as given ("offset" bigint, stage text, code text, path text, detail text, record jsonb)
     on conflict do nothing`,
    [batch.topic, batch.partition, JSON.stringify(rows)],
  )
}

/** jsonb takes neither NUL nor half a surrogate pair, and what is no JSON at all is kept as text. */
function storable(record: string): unknown {
  const clean = record.replaceAll(/\\u0000|\\ud[89a-f][0-9a-f]{2}/gi, '\\ufffd')
  try {
    return JSON.parse(clean)
  } catch {
    return { unreadable: clean.replaceAll('\0', '') }
  }
}
