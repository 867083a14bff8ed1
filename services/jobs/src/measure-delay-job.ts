import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@millrace/contracts/fault'
import type { EventLog } from '@millrace/event-log/event-log'
import type { Pool } from 'pg'
import { Counter, Gauge, type Registry } from 'prom-client'
import { canaryEvent, refusedCanaryEvent } from './canary/canary-events.ts'
import { beginRound, endRounds, eventIdOf } from './canary/canary-rounds.ts'
import type { FalsePeople } from './canary/false-people.ts'
import { readLogEnds } from './canary/read-log-ends.ts'
import { sendCanary, sendOddRequests } from './canary/send-canary.ts'
import type { Job } from './job.ts'

export interface MeasureDelayDeps {
  readonly pool: Pool
  readonly log: Pick<EventLog, 'ranges'>
  readonly people: FalsePeople
  /** Where the API answers, as http://127.0.0.1:8080. */
  readonly ingestUrl: string
  /** A write key whose events count for no KPI. */
  readonly writeKey: string
  /** The source of that key. */
  readonly source: string
  readonly everySeconds: number
  readonly registry: Registry
  readonly now: () => Date
  /** How long an event may be on its way; 60 unless given. */
  readonly patienceSeconds?: number
}

/** First often, for most are there in a second. */
const LOOK_MS = { first: 50, most: 1_000 }
/** So seldom one is sent that is refused: each is a row of the quarantine for as long as that is kept. */
const REFUSED_EVERY = 10

/**
 * Sends one event through the API, full of false personal data, and waits until it is claimed in Postgres, in the
 * transaction that writes its facts: what that takes is the delay of the whole pipeline. A single try: the next one comes
 * soon enough. Whether anything of the false data was kept is looked for by find-leaks-job.ts.
 */
export function createMeasureDelayJob(deps: MeasureDelayDeps): Job {
  const { everySeconds, registry } = deps
  const registers = [registry]
  const delay = new Gauge({
    name: 'pipeline_end_to_end_delay_seconds',
    help: 'From the POST of the last canary event that arrived until it was in Postgres.',
    registers,
  })
  delay.remove()
  const planted = new Counter({
    name: 'pii_canary_planted_total',
    help: 'Pieces of false personal data that the canary sent through the API.',
    registers,
  })
  return {
    name: 'measure_delay',
    schedule: { everySeconds },
    attempts: 1,
    async run({ signal }) {
      const result = await measureDelay(deps, signal)
      planted.inc(result.planted)
      return { ...result }
    },
    showResult: ({ delaySeconds }) => delay.set(Number(delaySeconds)),
  }
}

interface Measured {
  readonly delaySeconds: number
  readonly round: number
  readonly planted: number
}

async function measureDelay(deps: MeasureDelayDeps, signal: AbortSignal): Promise<Measured> {
  const { pool, log, people, source, now } = deps
  const [messageId, refusedId] = [`canary-${randomUUID()}`, `canary-${randomUUID()}`]
  const eventIds = [messageId, refusedId].map((id) => eventIdOf(source, id))
  const from = await readLogEnds(log).catch(() => undefined)
  const round = await beginRound(pool, { sentAt: now(), eventIds, from })
  const values = people.valuesOf(round)
  const good = { messageId, ...canaryEvent(values, round) }
  const refused = { messageId: refusedId, ...refusedCanaryEvent(values) }
  const events = round % REFUSED_EVERY === 0 ? [good, refused] : [good]
  const begun = performance.now()
  await sendCanary({ ...deps, events, accepted: 1, values, signal })
  const delaySeconds = await untilClaimed(deps, { eventId: eventIds[0] ?? '', begun, signal })
  await sendOddRequests({ ...deps, values, signal })
  await endRounds(pool, await readLogEnds(log))
  return { delaySeconds, round, planted: values.length }
}

interface Sent {
  readonly eventId: string
  readonly begun: number
  readonly signal: AbortSignal
}

async function untilClaimed(
  { pool, patienceSeconds = 60 }: MeasureDelayDeps,
  { eventId, begun, signal }: Sent,
): Promise<number> {
  for (let pause = LOOK_MS.first; ; pause = Math.min(pause * 1.5, LOOK_MS.most)) {
    const arrived = await isClaimed(pool, eventId)
    const tookSeconds = (performance.now() - begun) / 1_000
    if (arrived) return Math.round(tookSeconds * 1_000) / 1_000
    if (tookSeconds > patienceSeconds) {
      throw new Fault(
        'database_unavailable',
        `The canary event was accepted but is not in Postgres after ${patienceSeconds} s`,
      )
    }
    await sleep(pause, undefined, { signal })
  }
}

async function isClaimed(pool: Pool, eventId: string): Promise<boolean> {
  const { rowCount } = await pool.query('select from pipeline.event_seen where event_id = $1', [eventId])
  return rowCount === 1
}
