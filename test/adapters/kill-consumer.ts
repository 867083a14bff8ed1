import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EventLog } from '@millrace/event-log/event-log'
import { expect, onTestFinished } from 'vitest'
import { makeTopic, record } from './event-log-suite.ts'

export interface KilledConsumer {
  readonly topic: string
  readonly records: number
  /** What it had handled, as `partition offset`; more than it had committed. */
  readonly handled: readonly string[]
  /** The next offset of each partition. */
  readonly committed: ReadonlyMap<number, number>
}

const RECORDS = 3_000
const SCRIPT = fileURLToPath(new URL('./consume-until-killed.ts', import.meta.url))

/** Has a process consume a new topic as group `g`, and kills it in the midst. `where` as consume-until-killed.ts takes it. */
export async function killConsumer(log: EventLog, where: string): Promise<KilledConsumer> {
  const topic = await makeTopic(log, 3)
  const folder = await mkdtemp(path.join(tmpdir(), 'event-log-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = path.join(folder, 'handled')
  await log.publish([{ topic, records: Array.from({ length: RECORDS }, (_, n) => record(`k${n}`, 'v')) }])
  const victim = spawn(process.execPath, ['--import', 'tsx', SCRIPT, where, topic, 'g', file], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  onTestFinished(() => void victim.kill('SIGKILL'))
  await expect.poll(() => readLines(file), { timeout: 20_000, interval: 20 }).not.toHaveLength(0)
  victim.kill('SIGKILL')
  await new Promise((resolve) => victim.once('exit', resolve))
  const handled = await readLines(file)
  const committed = new Map((await log.positions(topic, 'g')).map((at) => [at.partition, at.nextOffset]))
  return { topic, records: RECORDS, handled, committed }
}

async function readLines(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.split('\n').filter(Boolean)
}
