import path from 'node:path'
import type { EventLog } from '@millrace/event-log/event-log'
import {
  createQuarantineRetry,
  type QuarantineRetry,
  type StillQuarantined,
} from '@millrace/ingest-api/create-quarantine-retry'
import { readCategories } from '@millrace/ingest-api/read-categories'
import { readConfig } from '@millrace/runtime/read-config'
import { createScrubber } from '@millrace/scrub/create-scrubber'
import { readPrivacyPolicy } from '@millrace/scrub/read-privacy-policy'
import { listQuarantine, markRetried, type QuarantineRow } from '@millrace/warehouse/quarantine'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { useStores } from '../database/use-stores.ts'
import { Config } from '../up/config.ts'
import { openKeys } from '../up/open-keys.ts'
import { type FilterFlags, withFilter } from './filter-options.ts'

type Still = Pick<StillQuarantined, 'path' | 'detail'> & { readonly code: string }

interface RetryResult {
  readonly published: readonly string[]
  readonly still: readonly Still[]
}

type ContractRow = Extract<QuarantineRow, { stage: 'contract' }>
type LoadRow = Extract<QuarantineRow, { stage: 'load' }>

export function quarantineRetryCommand(deps: CommandDeps): Command {
  return withFilter(new Command('retry'), 10_000)
    .description(
      'Judge quarantined events again, as after a contract was mended, and publish those that pass now.',
    )
    .option('--json', 'one JSON object { published, still }')
    .action(async ({ code, id, limit, json }: FilterFlags) => {
      const filter = { limit, ...(code ? { code } : {}), ...(id ? { eventId: id } : {}) }
      const result = await useStores(deps, async ({ log, pool }) => {
        const retry = await openRetry(deps.env, log)
        const rows = await listQuarantine(pool, filter)
        const retried = await retryRows(rows, retry)
        const published = new Set(retried.published)
        await markRetried(
          pool,
          rows.filter(({ eventId }) => eventId !== null && published.has(eventId)),
        )
        return retried
      })
      report(result, json === true, deps.out)
    })
}

function isContractRow(row: QuarantineRow): row is ContractRow {
  return row.stage === 'contract'
}

function isLoadRow(row: QuarantineRow): row is LoadRow {
  return row.stage === 'load'
}

async function openRetry(env: CommandDeps['env'], log: EventLog): Promise<QuarantineRetry> {
  const config = readConfig(Config, env)
  const { writeKeys, ...pseudonymKeys } = await openKeys(config, path.resolve(config.DATA_DIR))
  const policy = await readPrivacyPolicy(config.PRIVACY_POLICY)
  return createQuarantineRetry({
    log,
    scrubber: createScrubber({ ...pseudonymKeys, policy }),
    keys: writeKeys,
    maxEventAgeDays: config.MAX_EVENT_AGE_DAYS,
    analyticsCategories: readCategories(config.CONSENT_CATEGORIES),
  })
}

async function retryRows(rows: readonly QuarantineRow[], retry: QuarantineRetry): Promise<RetryResult> {
  const refused = await retry.retryRefused(rows.filter(isContractRow).map(({ record }) => record))
  const accepted = rows.filter(isLoadRow)
  // A conflict stays a conflict, and what is no event stays none.
  const again = accepted.filter(({ code, eventId }) => code !== 'id_conflict' && eventId !== null)
  await retry.retryAccepted(again.map(({ record }) => record))
  const stays = accepted.filter((row) => !again.includes(row))
  return {
    published: [...refused.published, ...again.flatMap(({ eventId }) => eventId ?? [])],
    still: [...refused.still, ...stays],
  }
}

function report({ published, still }: RetryResult, json: boolean, out: (line: string) => void): void {
  if (json) {
    out(JSON.stringify({ published, still }))
    return
  }
  out(`${published.length} published again, ${still.length} stay in quarantine`)
  const reasons = new Map<string, number>()
  for (const { code, path, detail } of still) {
    const reason = [code, path, detail].filter((word) => word !== '').join(' · ')
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }
  for (const [reason, count] of reasons) out(`${count}  ${reason}`)
}
