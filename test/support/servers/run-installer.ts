import { spawn } from 'node:child_process'
import { guard } from './guard.ts'

export interface InstallerOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** It is ended when it takes longer. */
  readonly timeoutMs?: number
}

const TAIL = 600

/**
 * Runs a program to its end and returns its stdout; it does not outlive this process.
 * @throws Error with its last words when it cannot run or ends with another code than 0.
 */
export function runInstaller(
  program: string,
  args: readonly string[],
  { cwd, env = {}, timeoutMs }: InstallerOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, LC_ALL: 'C', ...env },
      // A group of its own, to be ended with all that it started.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const release = child.pid === undefined ? () => {} : guard({ pid: -child.pid, signal: 'SIGKILL' })
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => killGroup(child.pid), timeoutMs)
    let stdout = ''
    let all = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk
      all += chunk
    })
    child.stderr.on('data', (chunk: Buffer) => {
      all += chunk
    })
    child.once('error', (cause) => reject(new Error(`could not run ${program}: ${cause.message}`, { cause })))
    child.once('close', (code) => {
      clearTimeout(timer)
      release()
      if (code === 0) resolve(stdout)
      else reject(new Error(`${program} ended with ${code}: ${all.trim().slice(-TAIL)}`))
    })
  })
}

function killGroup(pid: number | undefined): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL')
}

/** Whether a program runs and ends well. */
export function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return runInstaller(program, args).then(
    () => true,
    () => false,
  )
}
