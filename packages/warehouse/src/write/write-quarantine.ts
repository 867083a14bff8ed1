import { isUuid } from '@millrace/contracts/is-uuid'
import type { PoolClient } from 'pg'
import { isInstant } from '../is-instant.ts'
import type { DeadRecord, FactBatch } from './fact-batch.ts'

/** Keeps what could not be counted: events refused by the API, and accepted ones whose facts cannot be written. */
export async function writeQuarantine(
  tx: PoolClient,
  batch: FactBatch,
  dead: readonly DeadRecord[],
): Promise<void> {
  const rows = [
    ...batch.rejected.map(({ offset, value }) => ({ offset, stage: 'contract', ...describe(parse(value)) })),
    ...dead.map(({ offset, value, code, path, detail }) => ({
      offset,
      stage: 'load',
      ...describe(parse(value)),
      ...{ code, path, detail },
    })),
  ]
  if (rows.length === 0) return
  await tx.query(
    `insert into pipeline.quarantine
       (topic, partition, record_offset, stage, event_id, source, code, path, detail, received_at, record, retried_at)
     select $1, $2, "offset", stage, "eventId", source, code, path, detail, coalesce("receivedAt", now()), record,
       -- Nobody is to look at what the canary sent in order to be refused.
       case when record -> 'canary' = 'true' then now() end
     from jsonb_to_recordset($3) as given ("offset" bigint, stage text, "eventId" uuid, source text, code text,
       path text, detail text, "receivedAt" timestamptz, record jsonb)
     on conflict do nothing`,
    [batch.topic, batch.partition, JSON.stringify(rows)],
  )
}

/** What the table shows of a record beside the record; nothing here may fail, whatever the record is. */
function describe(record: Readonly<Record<string, unknown>>) {
  const { eventId, source, code, path, detail, receivedAt } = record
  return {
    eventId: isUuid(eventId) ? eventId : null,
    source: String(source ?? ''),
    code: String(code ?? 'schema_invalid'),
    path: String(path ?? ''),
    detail: String(detail ?? ''),
    receivedAt: isInstant(receivedAt) ? receivedAt : null,
    record,
  }
}

/** jsonb takes neither NUL nor half a surrogate pair, and what is no JSON object at all is kept as text. */
function parse(value: string): Readonly<Record<string, unknown>> {
  const clean = value.replaceAll(/\\u0000|\\ud[89a-f][0-9a-f]{2}/gi, '\\ufffd')
  try {
    const record: unknown = JSON.parse(clean)
    if (typeof record === 'object' && record !== null && !Array.isArray(record)) return { ...record }
  } catch {
    // Kept as text below.
  }
  return { unreadable: clean.replaceAll('\0', '') }
}
