import { readFile, readlink, realpath, rm } from 'node:fs/promises'
import path from 'node:path'
import { isAlive } from './is-alive.ts'
import { runProgram } from './run-program.ts'

/** A running server, as its postmaster.pid tells. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
}

/**
 * The server that runs on a data folder, in whatever state. A pid file whose process is gone, or is not a Postgres on
 * this folder (a number used again after a reboot or in a new container), is removed: Postgres itself would refuse to start.
 */
export async function findPostmaster(data: string): Promise<Postmaster | undefined> {
  const first = await readPidFile(data)
  if (!first) return undefined
  if (await isPostgresOn(data, first.pid)) return first
  const again = await readPidFile(data)
  if (again && again.pid === first.pid) await rm(path.join(data, 'postmaster.pid'), { force: true })
  return undefined
}

async function readPidFile(data: string): Promise<Postmaster | undefined> {
  const text = await readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(ignoreMissing)
  const lines = text?.split('\n')
  const pid = Number(lines?.[0])
  // The server writes the file line by line: without a port it has only just begun.
  return pid > 0 ? { pid, port: Number(lines?.[3]) || 0 } : undefined
}

async function isPostgresOn(data: string, pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false
  if (process.platform === 'win32') return true
  if (process.platform !== 'linux') {
    const command = await runProgram('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => '')
    return command.includes('postgres') && command.includes(data)
  }
  try {
    // A postmaster works in its data folder, also after that was moved; a zombie has no folder any more.
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(data))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' && (await wasStartedOn(data, pid))
  }
}

/** Root in a container without the right to trace sees another user's command line, though not its folder. */
async function wasStartedOn(data: string, pid: number): Promise<boolean> {
  const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
  return path.basename(args[0] ?? '') === 'postgres' && args.includes(data)
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
