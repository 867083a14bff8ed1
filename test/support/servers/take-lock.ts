import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFile } from '@millrace/runtime/create-file'
import { isAlive } from '@millrace/runtime/embedded-postgres/is-alive'
import { guard } from './guard.ts'

const BEAT_MS = 2_000
/** A holder on another machine, of a shared home, is believed dead when it has not touched its lock for so long. */
const STALE_MS = 60_000
const POLL_MS = 200

/** Waits for the one right that a file stands for, and returns what gives it back. A dead holder's is taken over. */
export async function takeLock(file: string): Promise<() => Promise<void>> {
  while (!(await createFile(file, `${hostname()} ${process.pid}\n`))) {
    await removeStale(file)
    await sleep(POLL_MS)
  }
  const release = guard({ folder: file })
  const beat = setInterval(() => {
    const now = new Date()
    utimes(file, now, now).catch(() => {})
  }, BEAT_MS)
  beat.unref()
  return async () => {
    clearInterval(beat)
    await rm(file, { force: true })
    release()
  }
}

async function removeStale(file: string): Promise<void> {
  const holder = await readFile(file, 'utf8').catch(() => undefined)
  const touched = await stat(file).catch(() => undefined)
  if (holder === undefined || !touched) return
  const [host, pid] = holder.trim().split(' ')
  const dead = host === hostname() ? !isAlive(Number(pid)) : Date.now() - touched.mtimeMs > STALE_MS
  if (!dead) return
  // Moved aside first: of two that take it over, one does.
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  await rename(file, aside).catch(() => {})
  await rm(aside, { force: true })
}
