import { randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { isAlive } from './is-alive.ts'

/** Where this process makes a folder that is then renamed into its place: beside it, with our process id in the name. */
export function draftOf(folder: string): string {
  return `${folder}.new-${process.pid}-${randomBytes(4).toString('hex')}`
}

/** Removes the drafts of a folder whose makers were killed. */
export async function removeAbandoned(folder: string): Promise<void> {
  const place = path.dirname(folder)
  const drafts = `${path.basename(folder)}.new-`
  for (const name of await readdir(place)) {
    const pid = name.startsWith(drafts) ? Number.parseInt(name.slice(drafts.length), 10) : 0
    if (pid > 0 && !isAlive(pid)) await rm(path.join(place, name), { recursive: true, force: true })
  }
}
