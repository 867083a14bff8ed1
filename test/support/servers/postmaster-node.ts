import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { findPostmaster } from '@millrace/runtime/embedded-postgres/postmaster'
import { guard } from './guard.ts'
import { runInstaller } from './run-installer.ts'
import type { ServerNode } from './server-node.ts'

const POLL_MS = 20

interface Backend {
  readonly pid: number
  release(): void
}

/** The Postgres on a data folder; `launch` resolves when it takes connections. */
export function createPostmasterNode(data: string, launch: () => Promise<void>): ServerNode {
  let pid = 0
  let release = (): void => {}
  let standing: readonly Backend[] = []

  /** Backends too: each has a session of its own, and would go on answering whoever is connected. */
  async function standStill(): Promise<void> {
    // First, so that no more of them are made.
    process.kill(pid, 'SIGSTOP')
    const pids = await childrenOf(pid)
    standing = pids.map((backend) => ({ pid: backend, release: guard({ pid: backend, signal: 'SIGQUIT' }) }))
    for (const backend of standing) send(backend.pid, 'SIGSTOP')
  }

  function goOn(): void {
    for (const backend of standing) {
      send(backend.pid, 'SIGCONT')
      backend.release()
    }
    standing = []
    send(pid, 'SIGCONT')
  }

  return {
    get pid() {
      return pid
    },
    async kill(signal = 'SIGKILL') {
      if ((await findPostmaster(data))?.pid !== pid) return
      if (signal === 'SIGSTOP') return standStill()
      goOn()
      if (signal === 'SIGCONT') return
      process.kill(pid, signal)
      while ((await findPostmaster(data))?.pid === pid) await sleep(POLL_MS)
      release()
    },
    async start() {
      await launch()
      const postmaster = await findPostmaster(data)
      if (!postmaster) throw new Error('Postgres ended right after its start')
      pid = postmaster.pid
      release = guard({ pid, signal: 'SIGQUIT' })
    },
  }
}

/** One that ended by itself meanwhile is none. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function childrenOf(parent: number): Promise<readonly number[]> {
  const pairs = process.platform === 'linux' ? await parentsByProc() : await parentsByPs()
  return pairs.filter(([, parentOfOne]) => parentOfOne === parent).map(([pid]) => pid)
}

type WithParent = readonly [pid: number, parent: number]

/** A small image has no `ps`. */
async function parentsByProc(): Promise<readonly WithParent[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  return Promise.all(
    pids.map(async (pid): Promise<WithParent> => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
      return [pid, Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1])]
    }),
  )
}

async function parentsByPs(): Promise<readonly WithParent[]> {
  const lines = (await runInstaller('ps', ['-A', '-o', 'pid=,ppid='])).trim().split('\n')
  return lines.map((line): WithParent => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number)
    return [pid ?? 0, parent ?? 0]
  })
}
