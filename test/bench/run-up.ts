import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { FREE_PORTS } from '../support/ports-of-up.ts'
import { parentOf } from './process-stats.ts'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const BIN = path.join(ROOT, 'services/cli/bin/millrace.mjs')

export interface RunningUp {
  readonly api: string
  readonly exporter: string
  readonly loader: string
  /** Of a role that may read the warehouse. */
  readonly postgres: string
  readonly secretKey: string
  readonly pid: number
  readonly postmasterPid: number
  stop(): Promise<void>
}

/** A fresh folder that the account of an embedded Postgres can reach. */
export function freshDataDir(): string {
  return path.join(tmpdir(), `millrace-bench-${randomBytes(6).toString('hex')}`)
}

/** `millrace up` on free ports in a fresh data folder, as a process of its own; the folder goes with it. */
export async function runUp(): Promise<RunningUp> {
  const dataDir = freshDataDir()
  const env = { ...process.env, ...FREE_PORTS, DATA_DIR: dataDir }
  const child = spawn(process.execPath, [BIN, 'up', '--json'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await exited
    await rm(dataDir, { recursive: true, force: true })
  }
  const ready = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>
  const ended = exited.then(([code]) => Promise.reject(new Error(`millrace up ended with ${code}`)))
  ended.catch(() => undefined)
  try {
    const [line] = await Promise.race([ready, ended])
    const { api, exporter, loader, postgres, keys } = JSON.parse(line)
    const secretKey = keys.find(({ kind }: { kind: string }) => kind === 'secret').key
    const postmasterPid = await postmasterOf(postgres)
    return { api, exporter, loader, postgres, secretKey, pid: child.pid ?? 0, postmasterPid, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The server process behind an address on this machine. */
export async function postmasterOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    return parentOf(rows[0]?.pid ?? 0) ?? 0
  } finally {
    await client.end()
  }
}

export async function query<R extends pg.QueryResultRow>(url: string, sql: string): Promise<[R, ...R[]]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<R>(sql)
    return rows as [R, ...R[]]
  } finally {
    await client.end()
  }
}
