// `npm run bench:memory [minutes]`: is the memory of each process flat under a long load? Every service is a process, on
// servers of its own; the load is 80 % of what was loaded in a first half minute of sending as fast as possible.
import { setTimeout as sleep } from 'node:timers/promises'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { openStage, type Stage } from '../faults/long/open-stage.ts'
import { keepSending } from './keep-sending.ts'
import { residentBytes } from './process-stats.ts'

const MINUTES = Number(process.argv[2] ?? 10)
const PROBE_SECONDS = 30
const SHARE = 0.8
const LOOK_EVERY_MS = 5_000
const SERVICES = ['ingest-api', 'archiver', 'loader', 'jobs', 'kpi-exporter'] as const

const stage = await openStage()
try {
  const highest = await measureHighestRate(stage)
  const rate = Math.floor(highest * SHARE)
  say(`highest rate: ${highest.toFixed(0)} events/s from POST to facts; now ${rate} for ${MINUTES} minutes`)
  const { samples, sentPerSecond } = await underLoad(stage, rate)
  const waiting = await notLoaded(stage)
  await untilLoaded(stage)
  say(`sent ${sentPerSecond.toFixed(0)} events/s; at the end ${waiting} were still to be loaded`)
  report(samples)
} finally {
  await stage.close()
}

/** Events a second, sent as fast as they are taken, until all of them are loaded. */
async function measureHighestRate(on: Stage): Promise<number> {
  const began = performance.now()
  const sending = keepSending({ apis: on.apis })
  await sleep(PROBE_SECONDS * 1_000)
  const sent = await sending.stop()
  await untilLoaded(on)
  return sent / ((performance.now() - began) / 1_000)
}

async function underLoad(on: Stage, eventsPerSecond: number) {
  const samples = new Map<string, number[]>()
  const until = performance.now() + MINUTES * 60_000
  const sending = keepSending({ apis: on.apis, eventsPerSecond })
  const began = performance.now()
  while (performance.now() < until) {
    await sleep(LOOK_EVERY_MS)
    for (const name of SERVICES) {
      for (const [index, { pid }] of on.parts[name].entries()) {
        const process = `${name} ${index + 1}`
        samples.set(process, [...(samples.get(process) ?? []), residentBytes(pid)])
      }
    }
  }
  const sent = await sending.stop()
  return { samples, sentPerSecond: sent / ((performance.now() - began) / 1_000) }
}

async function notLoaded({ log, pool }: Stage): Promise<number> {
  const ends = await log.ranges(EVENTS_TOPIC)
  const { rows } = await pool.query<{ loaded: number }>(
    'select coalesce(sum(next_offset), 0)::float8 as loaded from pipeline.load_position where topic = $1',
    [EVENTS_TOPIC],
  )
  return ends.reduce((sum, { nextOffset }) => sum + nextOffset, 0) - (rows[0]?.loaded ?? 0)
}

async function untilLoaded(on: Stage): Promise<void> {
  while ((await notLoaded(on)) > 0) await sleep(200)
}

/** Memory of the second and of the last fifth beside each other: the first fifth is the warming up. */
function report(samples: ReadonlyMap<string, readonly number[]>): void {
  const shown = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`.padStart(8)
  say('process            second fifth  last fifth     highest')
  for (const [process, bytes] of samples) {
    const fifth = Math.floor(bytes.length / 5)
    const early = mean(bytes.slice(fifth, 2 * fifth))
    const late = mean(bytes.slice(-fifth))
    say(`${process.padEnd(16)} ${shown(early)}      ${shown(late)}      ${shown(Math.max(...bytes))}`)
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
