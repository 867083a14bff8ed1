import { createHash, randomUUID } from 'node:crypto'
import { link, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { errorCode, ifThere, makeFolder, syncFolder, writeDurably } from './durable-files.ts'
import { type ObjectPaths, objectPaths, stagedFolder } from './object-paths.ts'

/** What is recorded of an object. */
export interface ObjectRecord {
  readonly key: string
  readonly etag: string
  readonly size: number
  readonly metadata: Readonly<Record<string, string>>
  /** Name of the body on its way, in the folder of staged files. */
  readonly staged: string
}

export interface CurrentObject {
  /** Of the last version; 0 when there is none. */
  readonly version: number
  /** Absent when the object is not there. */
  readonly record?: ObjectRecord
}

/** A stale writer that looked longer ago than this must not find the number of a version free again. */
export const FORGET_AFTER_MS = 3_600_000

/**
 * An object's versions are files 1, 2, 3, … and the highest is true. A writer brings body and record to disk, then
 * links the record under the next number: link(2) lets one writer win, and from then on body and metadata are decided
 * together. Moving the body into its place is left to do, and whoever comes next does it: the name of the staged body
 * stands in the record. So it does not matter who dies when.
 */
export async function currentObject(folder: string, key: string): Promise<CurrentObject> {
  const paths = objectPaths(folder, key)
  const last = await lastVersion(paths)
  if (last) await moveIntoPlace(folder, paths, last.record)
  const size = (await ifThere(stat(paths.body)))?.size
  if (size === undefined) return { version: last?.version ?? 0 }
  return last ?? { version: 0, record: await recordOf(key, paths) }
}

/** Makes a new version; false when another writer made it first. */
export async function addVersion(
  folder: string,
  after: number,
  object: Pick<ObjectRecord, 'key' | 'metadata'> & { readonly body: Uint8Array },
): Promise<boolean> {
  const { key, metadata, body } = object
  const paths = objectPaths(folder, key)
  const staged = randomUUID()
  const stagedBody = path.join(stagedFolder(folder), staged)
  const stagedRecord = `${stagedBody}.json`
  const record: ObjectRecord = { key, etag: etagOf(body), size: body.length, metadata, staged }
  let won = false
  let finished = false
  for (const needed of [stagedFolder(folder), path.dirname(paths.body), paths.versions])
    await makeFolder(needed)
  try {
    await writeDurably(stagedBody, body)
    await writeDurably(stagedRecord, JSON.stringify(record))
    await syncFolder(stagedFolder(folder))
    won = await linkIfFree(stagedRecord, path.join(paths.versions, `${after + 1}`))
    if (!won) return false
    await moveIntoPlace(folder, paths, record)
    finished = true
    await forgetOldVersions(paths, after + 1)
    return true
  } finally {
    // A winner's body is moved, now or by the next who looks; it is nobody's to take away, and its record tells of it.
    if (!won) await rm(stagedBody, { force: true })
    if (!won || finished) await rm(stagedRecord, { force: true })
  }
}

export function etagOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}

async function lastVersion(paths: ObjectPaths): Promise<Required<CurrentObject> | undefined> {
  for (;;) {
    const names = (await ifThere(readdir(paths.versions))) ?? []
    const version = Math.max(0, ...names.map(Number))
    if (version === 0) return undefined
    const text = await ifThere(readFile(path.join(paths.versions, `${version}`), 'utf8'))
    // Forgotten since: a later one stands there now, or none.
    if (text !== undefined) return { version, record: JSON.parse(text) as ObjectRecord }
  }
}

/** Nothing to do when it was moved before. Who decided the version may have died before that was durable. */
async function moveIntoPlace(folder: string, paths: ObjectPaths, { staged }: ObjectRecord): Promise<void> {
  const body = path.join(stagedFolder(folder), staged)
  if (!(await ifThere(stat(body)))) return
  await syncFolder(paths.versions)
  await ifThere(rename(body, paths.body))
  await syncFolder(path.dirname(paths.body))
}

async function linkIfFree(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

async function forgetOldVersions(paths: ObjectPaths, last: number): Promise<void> {
  for (const name of await readdir(paths.versions)) {
    const file = path.join(paths.versions, name)
    const madeAt = (await ifThere(stat(file)))?.mtimeMs ?? 0
    if (Number(name) < last && madeAt < Date.now() - FORGET_AFTER_MS) await rm(file, { force: true })
  }
}

/** A body that was put there by other means, such as a copy of a bucket, is an object without metadata. */
async function recordOf(key: string, { body }: ObjectPaths): Promise<ObjectRecord> {
  const bytes = await readFile(body)
  return { key, etag: etagOf(bytes), size: bytes.length, metadata: {}, staged: '' }
}
