import { execFile } from 'node:child_process'
import { chmod, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { type StartedUp, startUp } from '../support/start-up.ts'

const run = promisify(execFile)
const KEY = { key: 'sk_full_disk_tests', source: 'server', kind: 'secret' } as const
/** Embedded Postgres has about half of it at its start. */
const DISK_MEGABYTES = 200
const CLIENTS = 4

/** A disk of its own, small, for root on Linux; undefined where none can be had. */
async function mountSmallDisk(): Promise<string | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-disk-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MEGABYTES}m,mode=711`, 'tmpfs', folder])
  } catch (error) {
    await rm(folder, { recursive: true })
    process.stderr.write(`skipped: no small disk can be mounted here: ${(error as Error).message}\n`)
    return undefined
  }
  await chmod(folder, 0o711)
  onTestFinished(async () => {
    await run('umount', ['-l', folder])
    await rm(folder, { recursive: true })
  })
  return folder
}

/** Writes until nothing more goes onto the disk. */
async function fill(file: string): Promise<void> {
  const handle = await open(file, 'a')
  const bytes = Buffer.alloc(64 * 1024, 'x')
  try {
    for (;;) await handle.write(bytes)
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' })
  } finally {
    await handle.close()
  }
}

interface Load {
  readonly accepted: Set<string>
  readonly statuses: Map<number, number>
  readonly withoutRetryAfter: number[]
  stop(): Promise<void>
}

/** Clients that send one batch after the other, each until it is accepted. */
function startLoad(up: StartedUp): Load {
  const load = {
    accepted: new Set<string>(),
    statuses: new Map<number, number>(),
    withoutRetryAfter: [] as number[],
  }
  let stopped = false
  const client = async (): Promise<void> => {
    while (!stopped) {
      const batch = Array.from({ length: 50 }, (_, n) => ({
        ...{ messageId: crypto.randomUUID(), type: 'track', event: 'search_performed' },
        ...{ anonymousId: `visitor-${n}`, properties: { query: 'boxes '.repeat(80) } },
      }))
      for (;;) {
        const response = await fetch(`${up.api}/v1/events`, {
          method: 'POST',
          headers: { 'X-Write-Key': KEY.key, 'Content-Type': 'application/json' },
          body: JSON.stringify({ batch }),
        })
        await response.arrayBuffer()
        load.statuses.set(response.status, (load.statuses.get(response.status) ?? 0) + 1)
        if (response.status === 202) break
        if (!response.headers.has('retry-after')) load.withoutRetryAfter.push(response.status)
        await sleep(200)
      }
      for (const { messageId } of batch) load.accepted.add(messageId)
      await sleep(50)
    }
  }
  const clients = Promise.all(Array.from({ length: CLIENTS }, client))
  return {
    ...load,
    async stop() {
      stopped = true
      await clients
    },
  }
}

/** Its write-ahead log needs another file now: without space for it Postgres ends at once. */
async function panic(up: StartedUp): Promise<void> {
  const switched = up.query(`select pg_logical_emit_message(false, 'test', 'x'), pg_switch_wal()`)
  await switched.catch(() => undefined)
  await up.query(`select pg_logical_emit_message(true, 'test', 'x')`).catch(() => undefined)
}

test('a full disk under Postgres and archive: 503 until there is space again, then all goes on and nothing is lost', async ({
  skip,
}) => {
  const disk = await mountSmallDisk()
  if (disk === undefined) return skip('no small disk can be mounted here')
  const up = await startUp(path.join(disk, 'data'), [KEY])
  onTestFinished(() => up.stop())
  const load = startLoad(up)
  await expect.poll(() => load.accepted.size, { timeout: 20_000 }).toBeGreaterThan(500)

  const ballast = path.join(disk, 'ballast')
  const filling = setInterval(() => void fill(ballast), 200)
  await expect.poll(() => load.statuses.get(503) ?? 0, { timeout: 60_000 }).toBeGreaterThan(10)
  await panic(up)
  await sleep(5_000)
  clearInterval(filling)
  await sleep(300)
  const before = load.accepted.size
  await rm(ballast)
  await expect.poll(() => load.accepted.size, { timeout: 60_000 }).toBeGreaterThan(before + 500)
  await load.stop()
  expect([...load.statuses.keys()].sort()).toEqual([202, 503])
  expect(load.withoutRetryAfter).toEqual([])
  for (const said of ['No space left on device', 'the log is away', 'Postgres went away, starting it again'])
    expect(up.program.stderr()).toContain(said)

  const stored = (): Promise<number> =>
    up
      .query<{ n: number }>('select count(*)::int as n from warehouse.fact_event')
      .then(([row]) => row?.n ?? 0)
  await expect.poll(stored, { timeout: 60_000 }).toBe(load.accepted.size)
}, 240_000)
