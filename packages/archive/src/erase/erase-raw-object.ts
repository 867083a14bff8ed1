import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { eraseFromEvent, type IsErased } from '@millrace/contracts/erase-people'
import type { ArchiveObject } from '../archive.ts'
import type { ArchivedRecord } from '../read-records.ts'
import type { ErasedCounts, Replacement } from './erase-object.ts'

/** As the archiver compresses. */
const LEVEL = 4

/**
 * A raw object without the erased persons: their lines become `{"offset":1,"erased":true}`, so that offsets stay without
 * gaps and what the metadata say stays true. `mentions` tells quickly whether a text speaks of any of them.
 */
export async function eraseRawObject(
  { body, metadata }: Pick<ArchiveObject, 'body' | 'metadata'>,
  { isErased, mentions }: { readonly isErased: IsErased; mentions(text: string): boolean },
): Promise<Replacement> {
  const text = (await promisify(gunzip)(body)).toString('utf8')
  if (!mentions(text)) return { kind: 'kept' }
  const { lines, counts } = eraseLines(text, isErased, mentions)
  if (counts.erased + counts.redacted === 0) return { kind: 'kept' }
  const erased = await promisify<string, object, Buffer>(gzip)(lines, { level: LEVEL })
  return { kind: 'replaced', body: erased, metadata, counts }
}

/** Lines that say nothing of the persons stay as they are, to the byte. */
function eraseLines(
  text: string,
  isErased: IsErased,
  mentions: (line: string) => boolean,
): { readonly lines: string; readonly counts: ErasedCounts } {
  let [erased, redacted] = [0, 0]
  const lines = text.split('\n').map((line) => {
    if (line === '' || !mentions(line)) return line
    const record = JSON.parse(line) as ArchivedRecord
    if (record.erased) return line
    const { offset, key, event } = record
    const left = isErased(key, receivedAtOf(event)) ? ERASED : eraseFromEvent(event, isErased)
    if (left.kind === 'kept') return line
    if (left.kind === 'erased') {
      erased++
      return JSON.stringify({ offset, erased: true })
    }
    redacted++
    return JSON.stringify({ ...record, event: left.value })
  })
  return { lines: lines.join('\n'), counts: { erased, redacted } }
}

const ERASED = { kind: 'erased' } as const

function receivedAtOf(event: unknown): string | undefined {
  const { receivedAt } = Object(event) as { receivedAt?: unknown }
  return typeof receivedAt === 'string' ? receivedAt : undefined
}
