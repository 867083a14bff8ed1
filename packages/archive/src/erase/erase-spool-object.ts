import { eraseFromRecord, type IsErased } from '@millrace/contracts/erase-people'
import type { ArchiveObject } from '../archive.ts'
import { packBatches, type SpoolRecord, unpackBatches } from '../spool/spool-lines.ts'
import type { Replacement } from './erase-object.ts'

/** An object of the spool without the erased persons' records; one that cannot be read stays as it is. */
export async function eraseSpoolObject(
  { body }: Pick<ArchiveObject, 'body'>,
  isErased: IsErased,
): Promise<Replacement> {
  const spooled = await unpackBatches(body).catch(() => [])
  let [erased, redacted, left] = [0, 0, 0]
  const batches = spooled.map(({ topic, records }) => {
    const kept = records.flatMap((record): SpoolRecord[] => {
      const without = eraseFromRecord(record, isErased)
      if (without.kind === 'erased') erased++
      if (without.kind === 'redacted') redacted++
      return without.kind === 'erased'
        ? []
        : [without.kind === 'kept' ? record : { ...record, value: without.value }]
    })
    left += kept.length
    return { topic, records: kept }
  })
  const counts = { erased, redacted }
  if (erased + redacted === 0) return { kind: 'kept' }
  if (left === 0) return { kind: 'deleted', counts }
  const metadata = { records: String(left) }
  return { kind: 'replaced', body: await packBatches(batches), metadata, counts }
}
