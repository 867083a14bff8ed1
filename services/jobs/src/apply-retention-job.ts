import type { Archive } from '@millrace/archive/archive'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog } from '@millrace/event-log/event-log'
import type { JobData, RunningJob } from '@millrace/job-queue/job-queue'
import type { Logger } from '@millrace/runtime/logger'
import { createBusinessDate } from '@millrace/warehouse/business-date'
import { moveFirstDay, noteDeleted, readFactsKept } from '@millrace/warehouse/facts-kept'
import { deleteOldFacts } from '@millrace/warehouse/retention/delete-old-facts'
import { deleteOldQuarantine } from '@millrace/warehouse/retention/delete-old-quarantine'
import type { Pool } from 'pg'
import type { Job } from './job.ts'
import { deleteRawObjects } from './retention/delete-raw-objects.ts'
import { type Proof, readProof, whyFactsStay } from './retention/read-proof.ts'

/** In days; what is absent is kept for ever. */
export interface KeepDays {
  readonly raw?: number | undefined
  readonly facts?: number | undefined
  readonly quarantine?: number | undefined
}

export interface ApplyRetentionDeps {
  readonly pool: Pool
  readonly archive: Archive
  readonly log: Pick<EventLog, 'identity' | 'ranges'>
  readonly keepDays: KeepDays
  readonly timeZone: string
  readonly logger: Logger
  readonly now: () => Date
}

const EVERY_SECONDS = 3_600
const DAY_MS = 86_400_000
/**
 * Facts outlive the day from which events are refused by so much: the same event sent again may be dated a little later,
 * when the sender's clock was corrected, and has to find its id.
 */
const FACTS_MARGIN_DAYS = 2

/**
 * Deletes what is older than it is to be kept, each class by itself, in small transactions. Raw objects and facts stay
 * while it is not proved that all of them are archived, loaded and accounted for.
 */
export function createApplyRetentionJob(deps: ApplyRetentionDeps): Job {
  return {
    name: 'apply_retention',
    schedule: { everySeconds: EVERY_SECONDS },
    async run(job) {
      const { keepDays } = deps
      const asked = keepDays.facts !== undefined || keepDays.raw !== undefined
      const proof = asked ? await readProof(deps) : undefined
      return {
        quarantine: await retainQuarantine(deps, job),
        ...(proof && { raw: await retainRaw(deps, proof, job), facts: await retainFacts(deps, proof, job) }),
      }
    },
  }
}

async function retainQuarantine(deps: ApplyRetentionDeps, { signal }: RunningJob): Promise<JobData> {
  const { pool, keepDays, now } = deps
  if (keepDays.quarantine === undefined) return {}
  const before = new Date(now().getTime() - keepDays.quarantine * DAY_MS)
  return { deleted: await deleteOldQuarantine(pool, before, signal) }
}

async function retainFacts(deps: ApplyRetentionDeps, proof: Proof, job: RunningJob): Promise<JobData> {
  const { pool, archive, keepDays, timeZone, now } = deps
  if (keepDays.facts === undefined) return {}
  const stay = proof.kind === 'none' ? proof.reason : await whyFactsStay(pool, archive, proof.topics)
  if (stay !== undefined) return held(deps, 'facts', stay)

  const today = createBusinessDate(timeZone)(now().getTime())
  const unfilled = await moveFirstDay(pool, daysBefore(today, keepDays.facts))
  if (unfilled !== undefined)
    return held(deps, 'facts', `KPI ${unfilled} is not filled from them yet: run \`millrace migrate\``)
  const { firstDay, deletedBefore } = await readFactsKept(pool)
  const before = daysBefore(firstDay, FACTS_MARGIN_DAYS)
  if (deletedBefore >= before) return { firstDay }
  const progress = (table: string): Promise<void> => job.progress({ deletingFrom: table, before })
  const deleted = await deleteOldFacts({ pool, before, timeZone, signal: job.signal, progress })
  await noteDeleted(pool, before)
  return { firstDay, deletedBefore: before, deleted }
}

async function retainRaw(deps: ApplyRetentionDeps, proof: Proof, { signal }: RunningJob): Promise<JobData> {
  const { archive, log, keepDays, now } = deps
  if (keepDays.raw === undefined) return {}
  if (proof.kind === 'none') return held(deps, 'raw', proof.reason)
  const beforeHour = new Date(now().getTime() - keepDays.raw * DAY_MS).toISOString().slice(0, 13)
  let deleted = 0
  for (const topic of [EVENTS_TOPIC, QUARANTINE_TOPIC]) {
    const reconciled = proof.topics[topic] ?? []
    deleted += await deleteRawObjects({ archive, log, topic, beforeHour, reconciled, signal })
  }
  return { beforeHour, deleted }
}

function held({ logger }: ApplyRetentionDeps, what: string, reason: string): JobData {
  logger.warn({ what, reason }, 'nothing is deleted')
  return { held: reason }
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10)
}
