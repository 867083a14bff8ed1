import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { errorCode } from './durable-files.ts'

/** The keys of the bodies below the folder, in ascending order of their bytes. Reads only folders that can match. */
export async function* listKeys(folder: string, prefix: string): AsyncIterable<string> {
  const above = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  yield* walk(folder, above, prefix)
}

async function* walk(folder: string, above: string, prefix: string): AsyncIterable<string> {
  const entries = await readFolder(path.join(folder, above))
  // A folder's keys go on with a slash: `a.b` comes before `a/b`.
  const names = entries
    .filter(({ name }) => !name.startsWith('.'))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort((a, b) => (a < b ? -1 : 1))
  for (const name of names) {
    const key = above + name
    if (!name.endsWith('/')) {
      if (key.startsWith(prefix)) yield key
    } else if (key.startsWith(prefix) || prefix.startsWith(key)) {
      yield* walk(folder, key, prefix)
    }
  }
}

async function readFolder(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return []
    throw error
  }
}
