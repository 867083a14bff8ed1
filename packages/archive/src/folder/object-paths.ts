import path from 'node:path'
import { Fault } from '@millrace/contracts/fault'

/** Where the parts of an object stand in the archive's folder. */
export interface ObjectPaths {
  /** The body, as zcat, DuckDB and Spark read it. */
  readonly body: string
  /** The object's versions. `~` is in no key, so that no key's folder is another key's record. */
  readonly versions: string
}

const SEGMENT = /^(?!\.)[A-Za-z0-9._=-]{1,200}$/

/** @throws Fault `contract_broken` for a key that is none, so that no key leads out of the folder. */
export function objectPaths(folder: string, key: string): ObjectPaths {
  const segments = key.split('/')
  if (key.length > 900 || !segments.every((segment) => SEGMENT.test(segment))) throw badKey('key')
  return {
    body: path.join(folder, ...segments),
    versions: path.join(hiddenFolder(folder), 'versions', `${segments.join(path.sep)}~`),
  }
}

/** @throws Fault `contract_broken` for what no key begins with. */
export function checkPrefix(prefix: string): void {
  const segments = prefix.split('/')
  const last = segments.pop() ?? ''
  const fine = segments.every((segment) => SEGMENT.test(segment)) && (last === '' || SEGMENT.test(last))
  if (!fine) throw badKey('prefix')
}

function hiddenFolder(folder: string): string {
  return path.join(folder, '.millrace')
}

/** Bodies and records on their way, and notes of deletions. */
export function stagedFolder(folder: string): string {
  return path.join(hiddenFolder(folder), 'staged')
}

function badKey(field: string): Fault {
  return new Fault(
    'contract_broken',
    `${field}: expected segments of letters, digits, ".", "_", "=" and "-" joined by "/", none beginning with a dot`,
  )
}
