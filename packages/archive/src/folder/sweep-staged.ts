import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { ifThere, makeFolder, writeDurably } from './durable-files.ts'
import { objectPaths, stagedFolder } from './object-paths.ts'
import { currentObject, FORGET_AFTER_MS } from './object-versions.ts'

/** Notes that a key was deleted; its versions are forgotten when no stale writer can count on them any more. */
export async function noteDeletion(folder: string, key: string): Promise<void> {
  await makeFolder(stagedFolder(folder))
  await writeDurably(path.join(stagedFolder(folder), `${randomUUID()}.deleted`), key)
}

/** Finishes what processes that died had decided, then takes away what they left undecided an hour ago. */
export async function sweepStaged(folder: string): Promise<void> {
  const staged = stagedFolder(folder)
  const names = (await ifThere(readdir(staged))) ?? []
  // All of them first: a body that was decided may be as old as one that was not.
  for (const name of names) if (name.endsWith('.json')) await finish(folder, path.join(staged, name))
  for (const name of names) await takeAwayOld(folder, path.join(staged, name))
}

async function takeAwayOld(folder: string, file: string): Promise<void> {
  const leftAt = (await ifThere(stat(file)))?.mtimeMs ?? Date.now()
  if (leftAt >= Date.now() - FORGET_AFTER_MS) return
  if (file.endsWith('.deleted')) await forgetDeleted(folder, file)
  await rm(file, { force: true })
}

async function finish(folder: string, recordFile: string): Promise<void> {
  const text = await ifThere(readFile(recordFile, 'utf8'))
  const key = text === undefined ? undefined : keyIn(text)
  if (key !== undefined) await currentObject(folder, key)
}

/** A record that was never completely written decides nothing. */
function keyIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { key: string }).key
  } catch {
    return undefined
  }
}

async function forgetDeleted(folder: string, note: string): Promise<void> {
  const key = await ifThere(readFile(note, 'utf8'))
  if (!key) return
  const { version, record } = await currentObject(folder, key)
  if (version > 0 && !record) await rm(objectPaths(folder, key).versions, { recursive: true, force: true })
}
