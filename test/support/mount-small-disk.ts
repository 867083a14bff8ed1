import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { guard } from './servers/guard.ts'

export interface SmallDisk {
  readonly folder: string
  unmount(): Promise<void>
}

/**
 * A file system of that size in memory, mounted where only a process that holds it sees it, and reached through that
 * process: nothing stays mounted, however the test ends.
 * @throws Error with the reason where this user may not mount.
 */
export async function mountSmallDisk(kilobytes: number): Promise<SmallDisk> {
  const place = await mkdtemp(path.join(tmpdir(), 'small-disk-'))
  const remove = (): Promise<void> => rm(place, { recursive: true, force: true })
  const script = `mount -t tmpfs -o size=${kilobytes}k tmpfs "$1" && echo mounted && exec sleep 3600`
  // Who is not root is it in a user namespace of its own, where that is allowed.
  const flags = process.getuid?.() === 0 ? '-m' : '-rm'
  const holder = spawn('unshare', [flags, 'sh', '-c', script, 'sh', place], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => holder.once('close', () => resolve()))
  let said = ''
  holder.stderr.on('data', (chunk: Buffer) => {
    said += chunk
  })
  const mounted = await new Promise<boolean>((resolve) => {
    holder.stdout.once('data', () => resolve(true))
    holder.once('error', (error) => {
      said = error.message
      resolve(false)
    })
    void ended.then(() => resolve(false))
  })
  const { pid } = holder
  if (!mounted || pid === undefined) {
    await remove()
    throw new Error(`this user may not mount a file system: ${said.trim()}`)
  }
  const release = guard({ pid, signal: 'SIGKILL' })
  return {
    folder: `/proc/${pid}/root${place}`,
    async unmount() {
      holder.kill('SIGKILL')
      await ended
      release()
      await remove()
    },
  }
}
