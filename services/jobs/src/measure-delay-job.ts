import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@millrace/contracts/fault'
import type { Pool } from 'pg'
import { Gauge, type Registry } from 'prom-client'
import { sendCanary } from './canary/send-canary.ts'
import type { Job } from './job.ts'

export interface MeasureDelayDeps {
  readonly pool: Pool
  /** Where the API answers, as http://127.0.0.1:8080. */
  readonly ingestUrl: string
  /** A write key whose events count for no KPI. */
  readonly writeKey: string
  /** The source of that key. */
  readonly source: string
  readonly everySeconds: number
  readonly registry: Registry
  /** How long an event may be on its way; 60 unless given. */
  readonly patienceSeconds?: number
}

/** First often, for most are there in a second. */
const LOOK_MS = { first: 50, most: 1_000 }

/**
 * Sends one event through the API and waits until it is claimed in Postgres, in the transaction that writes its facts:
 * what that takes is the delay of the whole pipeline. A single try: the next one comes soon enough.
 */
export function createMeasureDelayJob(deps: MeasureDelayDeps): Job {
  const { everySeconds, registry } = deps
  const delay = new Gauge({
    name: 'pipeline_end_to_end_delay_seconds',
    help: 'From the POST of the last canary event that arrived until it was in Postgres.',
    registers: [registry],
  })
  delay.remove()
  return {
    name: 'measure_delay',
    schedule: { everySeconds },
    attempts: 1,
    run: ({ signal }) => measureDelay(deps, signal),
    showResult: ({ delaySeconds }) => delay.set(Number(delaySeconds)),
  }
}

async function measureDelay(
  { pool, ingestUrl, writeKey, source, patienceSeconds = 60 }: MeasureDelayDeps,
  signal: AbortSignal,
): Promise<{ delaySeconds: number }> {
  const messageId = `canary-${randomUUID()}`
  const begun = performance.now()
  await sendCanary({ ingestUrl, writeKey, messageId, signal })
  for (let pause = LOOK_MS.first; ; pause = Math.min(pause * 1.5, LOOK_MS.most)) {
    const arrived = await isClaimed(pool, source, messageId)
    const tookSeconds = (performance.now() - begun) / 1_000
    if (arrived) return { delaySeconds: Math.round(tookSeconds * 1_000) / 1_000 }
    if (tookSeconds > patienceSeconds) {
      throw new Fault(
        'database_unavailable',
        `The canary event was accepted but is not in Postgres after ${patienceSeconds} s`,
      )
    }
    await sleep(pause, undefined, { signal })
  }
}

/** By the event's id: the first 128 bits of SHA-256 over source, 0 and messageId. */
async function isClaimed(pool: Pool, source: string, messageId: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select from pipeline.event_seen
     where event_id = encode(substring(
       sha256(convert_to($1, 'UTF8') || '\\x00'::bytea || convert_to($2, 'UTF8')) for 16), 'hex')::uuid`,
    [source, messageId],
  )
  return rowCount === 1
}
