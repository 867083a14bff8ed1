import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fillPart } from './fill-part.ts'
import type { GeneratedFile } from './generated-files.ts'

/** A file that is not what the definitions say. */
export interface StaleFile {
  /** As GeneratedFile has it, below this folder. */
  readonly path: string
  readonly root: string
  /** Of the whole file, as it should be; undefined when it should not be there any more. */
  readonly text: string | undefined
}

export interface Generated {
  /** Where all paths start. */
  readonly root: string
  readonly files: readonly GeneratedFile[]
  /** Folders in which nothing else stands. */
  readonly folders: readonly string[]
}

/** Those that differ, are missing, or are left over from definitions that are gone. */
export async function staleFiles({ root, files, folders }: Generated): Promise<readonly StaleFile[]> {
  const checked = await Promise.all(
    files.map(async (file) => {
      const current = await readGenerated(path.join(root, file.path))
      const text = fillPart(file, current)
      return text === current ? [] : [{ root, path: file.path, text }]
    }),
  )
  const wanted = new Set(files.map((file) => file.path))
  const found = (await Promise.all(folders.map((folder) => filesIn(root, folder)))).flat()
  const left = found
    .filter((file) => !wanted.has(file))
    .map((file) => ({ root, path: file, text: undefined }))
  return [...checked.flat(), ...left]
}

export async function writeStale({ root, path: file, text }: StaleFile): Promise<void> {
  const target = path.join(root, file)
  if (text === undefined) return rm(target)
  await mkdir(path.dirname(target), { recursive: true })
  await writeFile(target, text)
}

async function filesIn(root: string, folder: string): Promise<readonly string[]> {
  const entries = await unlessMissing(
    readdir(path.join(root, folder), { recursive: true, withFileTypes: true }),
  )
  return (entries ?? [])
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
}

function readGenerated(file: string): Promise<string | undefined> {
  return unlessMissing(readFile(file, 'utf8'))
}

async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
