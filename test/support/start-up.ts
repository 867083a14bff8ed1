import type { ReceiptAnswer } from '@millrace/contracts/answer'
import type { WriteKey } from '@millrace/contracts/write-key'
import { findEmbeddedPostgres } from '@millrace/runtime/find-embedded-postgres'
import pg from 'pg'
import { expect } from 'vitest'
import { askMillrace } from './ask-millrace.ts'
import { FREE_PORTS } from './ports-of-up.ts'
import { type RunningProgram, runMillrace } from './run-program.ts'
import { type Scraped, scrape } from './scrape.ts'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface PostOptions {
  readonly key?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A `millrace up` in a process of its own, and the commands that ask it. */
export interface StartedUp {
  readonly api: string
  readonly exporter: string
  readonly dataDir: string
  readonly program: RunningProgram
  /** A body that is no text is posted as JSON. */
  post(body: unknown, options?: PostOptions): Promise<{ status: number; answer: ReceiptAnswer }>
  gauges(): Promise<Scraped>
  /** Resolves when everything that was answered before is loaded. */
  loaded(): Promise<void>
  /** Rows of a statement that the owner of the tables runs. */
  query<R extends pg.QueryResultRow>(sql: string): Promise<R[]>
  /** Runs a command in a process of its own, as a person at a terminal does. */
  millrace(...args: string[]): Promise<Ended>
  /** What the command answers to --json; run in this process, which takes a tenth of the time. */
  ask<T>(...args: string[]): Promise<T>
  stop(): Promise<void>
}

/** Node's own agent would make a bot of every visitor. */
const BROWSER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

/** Starts `millrace up` on free ports; `keys[0]` is what `post` uses when it is given none. */
export async function startUp(
  dataDir: string,
  keys: readonly WriteKey[],
  settings: Readonly<Record<string, string>> = {},
): Promise<StartedUp> {
  const env = { ...FREE_PORTS, DATA_DIR: dataDir, WRITE_KEYS: JSON.stringify(keys), ...settings }
  const program = runMillrace(['up', '--json'], env)
  const { api, exporter } = JSON.parse(await program.firstLine) as { api: string; exporter: string }
  return {
    api,
    exporter,
    dataDir,
    program,
    async post(body, { key = keys[0]?.key ?? '', path = '/v1/events', headers } = {}) {
      const response = await fetch(api + path, {
        method: 'POST',
        headers: {
          'X-Write-Key': key,
          'Content-Type': 'application/json',
          'User-Agent': BROWSER,
          ...headers,
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
      return { status: response.status, answer: (await response.json()) as ReceiptAnswer }
    },
    gauges: () => scrape(`${exporter}/metrics`),
    async loaded() {
      await expect.poll(() => query(dataDir, NOT_LOADED), { timeout: 20_000, interval: 50 }).toEqual([])
    },
    query: (sql) => query(dataDir, sql),
    async millrace(...args) {
      const run = runMillrace(args, env)
      return { code: await run.ended, stdout: run.stdout(), stderr: run.stderr() }
    },
    ask: async <T>(...args: string[]) => (await askMillrace<T>(args, env)).answer,
    async stop() {
      program.child.kill('SIGTERM')
      await program.ended
    },
  }
}

const NOT_LOADED = `
  select topic, partition from pipeline.log_partition
    left join pipeline.load_position using (topic, partition)
  where log_partition.next_offset > coalesce(load_position.next_offset, 0)`

async function query<R extends pg.QueryResultRow>(dataDir: string, sql: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: (await findEmbeddedPostgres(dataDir))?.url })
  await client.connect()
  try {
    return (await client.query<R>(sql)).rows
  } finally {
    await client.end()
  }
}
