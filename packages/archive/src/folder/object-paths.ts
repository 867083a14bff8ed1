import path from 'node:path'
import { checkKey } from '../check-key.ts'

/** Where the parts of an object stand in the archive's folder. */
export interface ObjectPaths {
  /** The body, as zcat, DuckDB and Spark read it. */
  readonly body: string
  /** The object's versions. `~` is in no key, so that no key's folder is another key's record. */
  readonly versions: string
}

/** @throws Fault `contract_broken` for a key that is none, so that no key leads out of the folder. */
export function objectPaths(folder: string, key: string): ObjectPaths {
  checkKey(key)
  const segments = key.split('/')
  return {
    body: path.join(folder, ...segments),
    versions: path.join(hiddenFolder(folder), 'versions', `${segments.join(path.sep)}~`),
  }
}

function hiddenFolder(folder: string): string {
  return path.join(folder, '.millrace')
}

/** Bodies and records on their way, and notes of deletions. */
export function stagedFolder(folder: string): string {
  return path.join(hiddenFolder(folder), 'staged')
}
