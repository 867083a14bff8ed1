import type { Archive, ArchiveHead } from '@millrace/archive/archive'
import type { ArchivedRange } from '@millrace/archive/list-archived'
import { type ArchivedRecord, readRecords } from '@millrace/archive/read-records'
import { Fault } from '@millrace/contracts/fault'
import type { Finding } from '@millrace/warehouse/reconcile-findings'

export interface CheckedObject {
  /** Those of its own offsets, each once, in order. */
  readonly records: readonly ArchivedRecord[]
  readonly findings: readonly Finding[]
}

/** Reads an object of the raw archive and compares it with its metadata. Weather is thrown, what cannot be read found. */
export async function checkObject(
  archive: Archive,
  topic: string,
  range: ArchivedRange,
): Promise<CheckedObject> {
  const { partition, firstOffset: from, lastOffset: to, key: object } = range
  const at = { store: 'archive' as const, topic, partition, object }
  const unlike = (detail: string): Finding => ({ ...at, problem: 'unlike', from, to, detail })
  const lines = await readLines(archive, object)
  if (typeof lines === 'string') return { records: [], findings: [unlike(lines)] }
  const own = new Map(
    lines.filter(({ offset }) => offset >= from && offset <= to).map((line) => [line.offset, line]),
  )
  const records = [...own.values()].sort((a, b) => a.offset - b.offset)
  const lost = gapsBetween(records, from, to).map(
    (gap): Finding => ({ ...at, problem: 'missing', ...gap, detail: 'a line of the object' }),
  )
  const head = await archive.head(object)
  const complaints = [
    lines.length > own.size && `${lines.length - own.size} lines too many`,
    range.count !== to - from + 1 && `count is ${range.count}`,
    head && receivedOutside(head, records) && 'an event was not received when its metadata say',
  ].filter((complaint) => typeof complaint === 'string')
  return { records, findings: [...lost, ...complaints.map(unlike)] }
}

/** Its lines, or why they cannot be read. */
async function readLines(archive: Archive, key: string): Promise<ArchivedRecord[] | string> {
  try {
    const lines: ArchivedRecord[] = []
    for await (const line of readRecords(archive, key)) lines.push(line)
    return lines
  } catch (error) {
    if (error instanceof Fault) throw error
    return 'it cannot be read as gzipped lines of JSON'
  }
}

function gapsBetween(records: readonly ArchivedRecord[], from: number, to: number) {
  const gaps: { from: number; to: number }[] = []
  let next = from
  for (const { offset } of records) {
    if (offset > next) gaps.push({ from: next, to: offset - 1 })
    next = offset + 1
  }
  if (next <= to) gaps.push({ from: next, to })
  return gaps
}

/** Erased events leave metadata that reach further than what is there; never less far. */
function receivedOutside({ metadata }: ArchiveHead, records: readonly ArchivedRecord[]): boolean {
  const { least_received_at: least = '', greatest_received_at: greatest = '\uffff' } = metadata
  return records.some((record) => {
    const event: unknown = record.erased ? undefined : record.event
    if (typeof event !== 'object' || event === null || !('receivedAt' in event)) return false
    const { receivedAt } = event
    return typeof receivedAt === 'string' && (receivedAt < least || receivedAt > greatest)
  })
}
