import type { Archive, ArchiveObject } from '@millrace/archive/archive'
import { eraseObject, type NoteObject, type Replacement } from '@millrace/archive/erase/erase-object'
import { eraseRawObject } from '@millrace/archive/erase/erase-raw-object'
import { eraseSpoolObject } from '@millrace/archive/erase/erase-spool-object'
import { listSpool } from '@millrace/archive/spool'
import { type IsErased, wasReceivedBefore } from '@millrace/contracts/erase-people'
import { eraseParquetObject } from './erase-parquet-object.ts'
import { mentioning } from './mentioning.ts'

export interface ObjectEraserDeps {
  readonly archive: Archive
  readonly people: ReadonlySet<string>
  /** ISO 8601 UTC: what was received from then on stays. */
  readonly erasedAt?: string
  readonly note: NoteObject
  /** Only counts what it would do; the objects stay. */
  readonly dryRun?: boolean
}

/** Erases from each kind of object, wherever the persons may be: others mention them in any partition. */
export interface ObjectEraser {
  spool(): Promise<void>
  /** Those that it has not looked into yet. */
  raw(): Promise<void>
  parquet(): Promise<void>
}

const AT_ONCE = 4

export function createObjectEraser(deps: ObjectEraserDeps): ObjectEraser {
  const { archive, people, erasedAt, note, dryRun = false } = deps
  const until = erasedAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(erasedAt)
  const isErased: IsErased = (person, receivedAt) =>
    people.has(person) && wasReceivedBefore(receivedAt, until)
  const filter = { isErased, mentions: mentioning(people) }
  const seen = new Set<string>()

  async function* unseen(keys: AsyncIterable<string>): AsyncIterable<string> {
    for await (const key of keys) {
      if (seen.has(key)) continue
      seen.add(key)
      yield key
    }
  }

  const each = (
    keys: AsyncIterable<string>,
    replace: (object: ArchiveObject) => Promise<Replacement>,
  ): Promise<void> => eachOf(keys, (key) => eraseObject(archive, key, { replace, note, dryRun }))

  return {
    spool: () => each(listSpool(archive), (object) => eraseSpoolObject(object, isErased)),
    raw: () => each(unseen(archive.list('raw/')), (object) => eraseRawObject(object, filter)),
    parquet: () => each(archive.list('parquet/events/'), (object) => eraseParquetObject(object, filter)),
  }
}

/** A few at a time: each is in memory whole. */
async function eachOf(keys: AsyncIterable<string>, work: (key: string) => Promise<void>): Promise<void> {
  let some: string[] = []
  for await (const key of keys) {
    if (some.push(key) < AT_ONCE) continue
    await Promise.all(some.map(work))
    some = []
  }
  await Promise.all(some.map(work))
}
