import { eraseFromEvent, UUIDS } from '@millrace/contracts/erase-people'
import type { PoolClient } from 'pg'

interface Place {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** Deletes the persons' events from quarantine, and takes them out of those of others. */
export async function eraseQuarantine(
  tx: PoolClient,
  people: ReadonlySet<string>,
): Promise<{ readonly erased: number; readonly redacted: number }> {
  const { rows } = await tx.query<Place & { readonly record: unknown }>(
    `select topic, partition, record_offset::double precision as "offset", record from pipeline.quarantine
     where exists (select from regexp_matches(record::text, '${UUIDS.source}', 'g') as mention where mention[1] = any ($1::text[]))`,
    [[...people]],
  )
  const erased: Place[] = []
  const redacted: (Place & { readonly record: unknown })[] = []
  for (const { record, ...place } of rows) {
    const left = eraseFromEvent(record, (person) => people.has(person))
    if (left.kind === 'erased') erased.push(place)
    if (left.kind === 'redacted') redacted.push({ ...place, record: left.value })
  }
  await tx.query(
    `delete from pipeline.quarantine row using ${placesOf('')}
     where row.topic = given.topic and row.partition = given.partition and row.record_offset = given."offset"`,
    [JSON.stringify(erased)],
  )
  await tx.query(
    `update pipeline.quarantine row set record = given.record from ${placesOf(', record jsonb')}
     where row.topic = given.topic and row.partition = given.partition and row.record_offset = given."offset"`,
    [JSON.stringify(redacted)],
  )
  return { erased: erased.length, redacted: redacted.length }
}

function placesOf(more: string): string {
  return `jsonb_to_recordset($1) as given (topic text, partition int, "offset" bigint${more})`
}
