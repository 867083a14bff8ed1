import type { ArchiveObject } from '@millrace/archive/archive'
import type { Replacement } from '@millrace/archive/erase/erase-object'
import type { ParquetRow } from '@millrace/archive/parquet/parquet-columns'
import { rewriteParquet } from '@millrace/archive/parquet/rewrite-parquet'
import { type IsErased, redactText } from '@millrace/contracts/erase-people'

/** Columns of event-columns.ts that a pseudonym may stand in: ids by which a row is somebody's, and texts that mention. */
const IDS = ['person_id', 'user_id', 'anonymous_id', 'previous_ids']
const TEXTS = ['properties', 'context']

/** A file of events without the rows of the erased persons, and without them in the rows of others. */
export async function eraseParquetObject(
  { body }: Pick<ArchiveObject, 'body'>,
  { isErased, mentions }: { readonly isErased: IsErased; mentions(text: string): boolean },
): Promise<Replacement> {
  let [erased, redacted] = [0, 0]
  const columns = [...IDS, ...TEXTS, 'received_at']
  const rewritten = await rewriteParquet(body, {
    columns,
    concerns: (row) =>
      [...IDS, ...TEXTS].some((name) => typeof row[name] === 'string' && mentions(row[name])) &&
      [...IDS, ...TEXTS].some((name) => names(row, name, isErased)),
    rewrite(row) {
      if (names(row, 'person_id', isErased)) {
        erased++
        return undefined
      }
      redacted++
      return withoutPeople(row, isErased)
    },
  })
  if (!rewritten) return { kind: 'kept' }
  const metadata = { rows: `${rewritten.rows}` }
  return { kind: 'replaced', body: rewritten.body, metadata, counts: { erased, redacted } }
}

function names(row: ParquetRow, column: string, isErased: IsErased): boolean {
  const text = row[column]
  return typeof text === 'string' && redactedText(row, text, isErased) !== text
}

function redactedText(row: ParquetRow, text: string, isErased: IsErased): string {
  const receivedAt = typeof row.received_at === 'string' ? row.received_at : undefined
  return redactText(text, (uuid) => isErased(uuid, receivedAt))
}

function withoutPeople(row: ParquetRow, isErased: IsErased): ParquetRow {
  const left: Record<string, ParquetRow[string]> = { ...row }
  for (const name of IDS) if (names(row, name, isErased)) left[name] = null
  for (const name of TEXTS) {
    const text = row[name]
    if (typeof text === 'string') left[name] = redactedText(row, text, isErased)
  }
  return left
}
