import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../logger.ts'
import { findPostmaster } from './postmaster.ts'

const FAST_MS = 2300
const IMMEDIATE_MS = 400
const POLL_MS = 20

/**
 * Stops the server of a data folder, whoever started it, within 3 s or so: first with a checkpoint (`fast`), then without
 * (`immediate`: nothing committed is lost, the next start replays the write-ahead log).
 */
export async function stopPostmaster(data: string, logger: Logger): Promise<void> {
  const postmaster = await findPostmaster(data)
  if (!postmaster) return
  if (await signalAndWait(data, postmaster.pid, 'SIGINT', FAST_MS)) return
  logger.warn({ pid: postmaster.pid }, 'Postgres takes long to stop, it will recover at the next start')
  if (await signalAndWait(data, postmaster.pid, 'SIGQUIT', IMMEDIATE_MS)) return
  await signalAndWait(data, postmaster.pid, 'SIGKILL', IMMEDIATE_MS)
}

async function signalAndWait(
  data: string,
  pid: number,
  signal: NodeJS.Signals,
  ms: number,
): Promise<boolean> {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true
    throw error
  }
  const end = performance.now() + ms
  while (performance.now() < end) {
    if ((await findPostmaster(data))?.pid !== pid) return true
    await sleep(POLL_MS)
  }
  return false
}
