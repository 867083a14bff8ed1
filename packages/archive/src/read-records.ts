import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Fault } from '@millrace/contracts/fault'
import type { Archive } from './archive.ts'

/** A line of a raw object: a record of the log, or what is left of one whose person was erased. */
export type ArchivedRecord =
  | {
      readonly offset: number
      readonly key: string
      readonly headers?: Readonly<Record<string, string>>
      /** The record's value: what its JSON said, or its text where it was no JSON. */
      readonly event: unknown
      readonly erased?: never
    }
  | { readonly offset: number; readonly erased: true }

/**
 * The records of a raw object in order of offset; an object is held in memory whole.
 * @throws Fault `archive_unavailable` when there is no such object.
 */
export async function* readRecords(archive: Archive, key: string): AsyncIterable<ArchivedRecord> {
  const object = await archive.get(key)
  if (!object) throw new Fault('archive_unavailable', `There is no object ${key}`)
  const text = (await promisify(gunzip)(object.body)).toString('utf8')
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from)
    const to = end < 0 ? text.length : end
    yield JSON.parse(text.slice(from, to)) as ArchivedRecord
    from = to + 1
  }
}
