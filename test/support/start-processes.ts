import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { SERVICE_PORTS } from '@millrace/cli/service-ports'
import type { WriteKey } from '@millrace/contracts/write-key'
import { endsWithin } from '@millrace/runtime/ends-within'
import { type RunningProgram, runMillrace } from './run-program.ts'
import { freePorts } from './servers/free-ports.ts'
import { guard } from './servers/guard.ts'

export type ServiceVerb = keyof typeof SERVICE_PORTS

export interface ProcessesPlan {
  /** How many processes of each service; none of those that are not named. */
  readonly services: Readonly<Partial<Record<ServiceVerb, number>>>
  /** For all of them: KAFKA_BROKERS, S3_BUCKET, DATABASE_URL, … */
  readonly env: Readonly<Record<string, string>>
  readonly keys: readonly WriteKey[]
}

/** A service in a process of its own. Its address stays the same over restarts. */
export interface ServiceProcess {
  /** As `loader-2`. */
  readonly name: string
  readonly service: ServiceVerb
  readonly url: string
  /** Of the run under way; undefined while there is none. */
  readonly pid: number | undefined
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>
  /** SIGSTOP: it stands still, its connections stay open. */
  stop(): void
  /** SIGCONT. */
  cont(): void
  /** Starts it again after `kill` or `end`; resolves when it says that it is ready, unless told not to wait. */
  start(options?: { readonly wait?: boolean }): Promise<void>
  /** SIGTERM; resolves with its exit code. */
  end(): Promise<number>
  /** Resolves when it is ready, as soon as it runs. */
  ready(): Promise<void>
  /** What all its runs wrote. */
  output(): string
}

export interface StartedProcesses {
  readonly processes: readonly ServiceProcess[]
  /** By service, in the order of their numbers. */
  readonly urls: Readonly<Record<ServiceVerb, readonly string[]>>
  /** All of a service. */
  of(service: ServiceVerb): readonly ServiceProcess[]
  /** A folder that all share. */
  readonly dataDir: string
  /** What they are run with, for commands beside them. */
  readonly env: Readonly<Record<string, string>>
  /** Ends them all, also those that stand still, and removes their folder. */
  stop(): Promise<void>
}

/** Longer than a service takes to end while a server does not answer. */
const PATIENCE_MS = 15_000

const PSEUDONYM_KEY = 'a pseudonym key for tests, 32 characters'

/** Starts services, each in processes of its own, on free ports; resolves when all say that they are ready. */
export async function startProcesses({ services, env, keys }: ProcessesPlan): Promise<StartedProcesses> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'millrace-processes-'))
  const removed = guard({ folder: dataDir })
  const wanted = Object.entries(services).flatMap(([service, count]) =>
    Array.from({ length: count }, (_, n) => ({
      service: service as ServiceVerb,
      name: `${service}-${n + 1}`,
    })),
  )
  const ports = await freePorts(wanted.length)
  const common = { DATA_DIR: dataDir, WRITE_KEYS: JSON.stringify(keys), PSEUDONYM_KEY, ...env }
  const processes = wanted.map(({ service, name }, n) =>
    createServiceProcess({ service, name, port: ports[n] ?? 0, env: common }),
  )
  const started: StartedProcesses = {
    processes,
    urls: Object.fromEntries(
      Object.keys(SERVICE_PORTS).map((service) => [
        service,
        processes.filter((one) => one.service === service).map(({ url }) => url),
      ]),
    ) as Record<ServiceVerb, string[]>,
    of: (service) => processes.filter((one) => one.service === service),
    dataDir,
    env: common,
    async stop() {
      await Promise.all(
        processes.map(async (one) => {
          one.cont()
          if (!(await endsWithin(PATIENCE_MS, one.end()))) await one.kill()
        }),
      )
      await rm(dataDir, { recursive: true, force: true })
      removed()
    },
  }
  try {
    await Promise.all(processes.map((one) => one.start()))
    return started
  } catch (error) {
    await started.stop()
    throw error
  }
}

interface ProcessOptions {
  readonly service: ServiceVerb
  readonly name: string
  readonly port: number
  readonly env: Readonly<Record<string, string>>
}

function createServiceProcess({ service, name, port, env }: ProcessOptions): ServiceProcess {
  let program: RunningProgram | undefined
  let before = ''

  function run(): void {
    if (program) throw new Error(`${name} runs already`)
    const started = runMillrace([service, '--json'], { ...env, [SERVICE_PORTS[service]]: String(port) })
    program = started
    const { pid } = started.child
    const unguard = pid === undefined ? () => undefined : guard({ pid, signal: 'SIGKILL' })
    void started.ended.then(() => {
      unguard()
      before += started.output()
      if (program === started) program = undefined
    })
  }

  async function signal(wanted: NodeJS.Signals): Promise<number> {
    const running = program
    if (!running) return -1
    running.child.kill(wanted)
    return running.ended
  }

  return {
    name,
    service,
    url: `http://127.0.0.1:${port}`,
    get pid() {
      return program?.child.pid
    },
    async kill() {
      await signal('SIGKILL')
    },
    stop: () => void program?.child.kill('SIGSTOP'),
    cont: () => void program?.child.kill('SIGCONT'),
    async start({ wait = true } = {}) {
      run()
      if (wait) await this.ready()
    },
    end: () => signal('SIGTERM'),
    async ready() {
      if (!program) throw new Error(`${name} does not run: ${before.slice(-2_000)}`)
      await program.firstLine
    },
    output: () => before + (program?.output() ?? ''),
  }
}
