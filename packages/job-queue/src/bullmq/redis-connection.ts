import { Fault } from '@millrace/contracts/fault'
import { Redis } from 'ioredis'
import { errorLine } from '../job-limits.ts'

export interface RedisConnectionDeps {
  /** redis:// or rediss://, with the password in it. */
  readonly url: string
  readonly onError: (message: string, error: unknown) => void
}

export interface RedisConnections {
  /** Commands on it fail at once while Redis is away, and after 2 s without an answer. */
  readonly forCalls: Redis
  /** For a worker: commands on it wait until Redis is there. */
  forWorker(): Redis
  /** Runs the call when Redis is there, and gives it 2 s in all. @throws Fault `queue_unavailable` */
  call<T>(work: () => Promise<T>): Promise<T>
  /** Told of an error that has come to whoever uses a connection. */
  report(error: unknown): void
  onReady(listener: () => void): void
  close(): void
}

const CALL_MS = 2_000
const RECONNECT_MS = { least: 100, most: 1_000 }
/** A connection that vanished without a word is given up; longer than a worker's longest wait for a job. */
const SILENT_MS = 45_000

/** Connections to one Redis, which say once that it is away, however many they are, and never its password. */
export function connectRedis({ url, onError }: RedisConnectionDeps): RedisConnections {
  const opened: Redis[] = []
  const secrets = secretsOf(url)
  let away: string | undefined

  function open(options: Parameters<typeof createClient>[1]): Redis {
    const client = createClient(url, options)
    client.on('error', report)
    client.on('ready', () => {
      away = undefined
    })
    opened.push(client)
    return client
  }

  /** Only its message: the client hangs its commands on an error, AUTH among them. */
  function plain(error: unknown): Error {
    return new Error(secrets.reduce((text, secret) => text.replaceAll(secret, '***'), errorLine(error)))
  }

  function report(error: unknown): void {
    const reason = plain(error)
    if (away === reason.message) return
    away = reason.message
    onError('the job queue has trouble with Redis', reason)
  }

  const forCalls = open({ enableOfflineQueue: false, commandTimeout: CALL_MS })

  async function call<T>(work: () => Promise<T>): Promise<T> {
    const deadline = AbortSignal.timeout(CALL_MS)
    try {
      await readiness(forCalls, deadline)
      return await orLate(work(), deadline)
    } catch (cause) {
      if (cause instanceof Fault) throw cause
      const reason = deadline.aborted ? (away ?? 'no answer in 2 s') : plain(cause).message
      throw new Fault('queue_unavailable', `The job queue cannot be reached: ${reason}`)
    }
  }

  return {
    forCalls,
    forWorker: () => open({ maxRetriesPerRequest: null, socketTimeout: SILENT_MS }),
    call,
    report,
    onReady: (listener) => void forCalls.on('ready', listener),
    close() {
      for (const client of opened) client.disconnect()
    },
  }
}

function createClient(
  url: string,
  options: { enableOfflineQueue?: boolean; maxRetriesPerRequest?: null } & Record<string, unknown>,
): Redis {
  return new Redis(url, {
    ...options,
    connectTimeout: CALL_MS,
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(times * RECONNECT_MS.least, RECONNECT_MS.most),
    // BullMQ looks for it here: its own check writes to the console, ours is check-redis.ts.
    ...{ skipVersionCheck: true },
  })
}

function secretsOf(url: string): string[] {
  const { password } = new URL(url)
  return password === '' ? [] : [password, decodeURIComponent(password)]
}

/** Resolves when the connection is ready. */
async function readiness(client: Redis, deadline: AbortSignal): Promise<void> {
  if (client.status === 'ready') return
  let onReady: (() => void) | undefined
  const ready = new Promise<void>((resolve) => {
    onReady = resolve
    client.once('ready', resolve)
  })
  try {
    await orLate(ready, deadline)
  } finally {
    if (onReady) client.off('ready', onReady)
  }
}

async function orLate<T>(work: Promise<T>, deadline: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined
  const late = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Error('no answer in 2 s'))
    deadline.addEventListener('abort', onAbort, { once: true })
    if (deadline.aborted) onAbort()
  })
  try {
    return await Promise.race([work, late])
  } finally {
    if (onAbort) deadline.removeEventListener('abort', onAbort)
  }
}
