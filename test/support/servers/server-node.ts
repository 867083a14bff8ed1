import { spawn } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { guard } from './guard.ts'
import { untilReady } from './until-ready.ts'

/** One process of a server, for tests that kill it. Ports and data stay. */
export interface ServerNode {
  /** Of the running process, else of the last one. */
  readonly pid: number
  /**
   * SIGKILL unless another is given; resolves when the process has ended, or at once after SIGSTOP and SIGCONT. One that
   * has ended is left alone.
   */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again after a kill, and resolves when it answers. */
  start(): Promise<void>
}

export type ServerNodes = readonly [ServerNode, ...ServerNode[]]

export interface NodeOptions {
  readonly title: string
  readonly command: readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd: string
  /** What it writes is appended here. */
  readonly log: string
  /** Whether it does its work by now. A rejection means no. */
  isReady(): Promise<boolean>
}

/** A process of a server, which has yet to be started. It does not outlive this process. */
export function createServerNode(options: NodeOptions): ServerNode {
  let running: Running | undefined
  let pid = 0
  return {
    get pid() {
      return pid
    },
    async kill(signal = 'SIGKILL') {
      if (!running || running.hasEnded()) return
      process.kill(-pid, signal)
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await running.untilEnded()
    },
    async start() {
      if (running && !running.hasEnded()) throw new Error(`${options.title} is running already`)
      running = await launch(options)
      pid = running.pid
      const { title, log, isReady } = options
      await untilReady({
        title,
        isReady,
        hasEnded: running.hasEnded,
        lastWords: async () => (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-15).join('\n'),
      })
    },
  }
}

interface Running {
  readonly pid: number
  untilEnded(): Promise<void>
  hasEnded(): boolean
}

/** In a group and session of its own: Ctrl-C in the terminal does not reach it before its clients have ended. */
async function launch({ title, command, env, cwd, log }: NodeOptions): Promise<Running> {
  const [program, ...args] = command
  const output = await open(log, 'a')
  try {
    const child = spawn(program, args, {
      cwd,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, LC_ALL: 'C', ...env },
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
    })
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    const { pid } = child
    if (pid === undefined) throw new Error(`${title} has no process id`)
    const release = guard({ pid: -pid, signal: 'SIGKILL' })
    child.unref()
    let over = false
    const ended = new Promise<void>((resolve) =>
      child.once('exit', () => {
        over = true
        release()
        resolve()
      }),
    )
    const untilEnded = (): Promise<void> => {
      if (!over) child.ref()
      return ended
    }
    return { pid, untilEnded, hasEnded: () => over }
  } finally {
    await output.close()
  }
}
