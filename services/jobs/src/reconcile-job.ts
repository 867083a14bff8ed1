import type { Archive } from '@millrace/archive/archive'
import { countSpooled } from '@millrace/archive/spool'
import type { EventLog } from '@millrace/event-log/event-log'
import type { Logger } from '@millrace/runtime/logger'
import type { PartitionAccount } from '@millrace/warehouse/reconcile'
import {
  describeFinding,
  type Finding,
  type FindingStore,
  findingsOf,
} from '@millrace/warehouse/reconcile-findings'
import type { Pool } from 'pg'
import type { Registry } from 'prom-client'
import { createAccountReader, readEnds } from './create-account-reader.ts'
import type { Job } from './job.ts'
import { LOG_TOPICS } from './read-partition-ends.ts'
import { createReconcileMetrics, type ReconcileResult } from './reconcile/reconcile-metrics.ts'
import { keepSeen, readSeen, type SeenAccounts } from './reconcile/seen-accounts.ts'

export interface ReconcileJobDeps {
  readonly log: Pick<EventLog, 'ranges' | 'positions' | 'identity'>
  readonly archive: Archive
  /** Reads pipeline.load_ledger and pipeline.load_position. */
  readonly pool: Pool
  readonly logger: Logger
  readonly registry: Registry
  readonly now: () => Date
}

const EVERY_SECONDS = 60
const FULL_EVERY_MS = 24 * 3_600_000
/** While something is missing all is looked at so often: somebody may have put it back. */
const FULL_WHILE_BROKEN_MS = 10 * 60_000
const HOUR_MS = 3_600_000
/** Objects that came since the last run have the hours since then, nearly always; beyond that a list of all is cheaper. */
const MOST_HOURS = 48
const SHOWN_FINDINGS = 20

/**
 * Accounts for every record of the log each minute, looking only at what is new, and once a day at everything. With
 * `{ full: true }` as its data it looks at everything now. What is wrong is logged as an error and shown by gauges.
 */
export function createReconcileJob(deps: ReconcileJobDeps): Job {
  const metrics = createReconcileMetrics(deps.registry)
  return {
    name: 'reconcile',
    schedule: { everySeconds: EVERY_SECONDS },
    async run({ data }) {
      const { log, archive, logger, now } = deps
      const startedAt = now()
      const identity = await log.identity()
      const seen = await readSeen(archive)
      const known = data.full === true || isFullDue(seen, identity, startedAt) ? undefined : seen
      const reader = createAccountReader(deps, known?.topics)
      const ends = await readEnds(log, LOG_TOPICS)
      const accounts = await reader.read(ends, known && hoursBetween(known.checkedAt, startedAt))
      const findings = accounts.flatMap(findingsOf)
      const broken = findings.length > 0
      const fullAt = known?.fullAt ?? startedAt
      await keepSeen(archive, { identity, checkedAt: startedAt, fullAt, broken, topics: reader.seen() })
      if (broken) {
        const shown = findings.slice(0, SHOWN_FINDINGS).map(describeFinding)
        logger.error({ findings: shown, count: findings.length }, 'records are not accounted for')
      }
      const result: ReconcileResult = {
        balanced: !broken,
        findings: findings.length,
        missing: { archive: missingIn('archive', findings), ledger: missingIn('ledger', findings) },
        waiting: waitingIn(accounts),
        full: !known,
        spooledBatches: await countSpooled(archive),
        endedAt: now().toISOString(),
      }
      metrics.show(result)
      return { ...result }
    },
    showResult: (result) => metrics.show(result),
  }
}

function missingIn(store: FindingStore, findings: readonly Finding[]): number {
  return findings
    .filter((finding) => finding.store === store && finding.problem === 'missing')
    .reduce((sum, { from, to }) => sum + to - from + 1, 0)
}

function waitingIn(accounts: readonly PartitionAccount[]): number {
  return accounts.reduce((sum, { archived, accounted }) => sum + archived.waiting + accounted.waiting, 0)
}

function isFullDue(seen: SeenAccounts | undefined, identity: string, at: Date): boolean {
  if (!seen || seen.identity !== identity) return true
  return at.getTime() - seen.fullAt.getTime() >= (seen.broken ? FULL_WHILE_BROKEN_MS : FULL_EVERY_MS)
}

/** The UTC hours from one before the first moment to that of the second; undefined when they are too many. */
function hoursBetween(from: Date, to: Date): string[] | undefined {
  const hours: string[] = []
  for (let at = from.getTime() - HOUR_MS; at < to.getTime() + HOUR_MS; at += HOUR_MS) {
    if (hours.push(new Date(at).toISOString().slice(0, 13)) > MOST_HOURS) return undefined
  }
  return hours
}
