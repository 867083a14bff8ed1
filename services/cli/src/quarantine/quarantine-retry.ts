import path from 'node:path'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog } from '@millrace/event-log/event-log'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { eventRecord } from '@millrace/ingest-api/publish-events'
import { createQuarantineRetry, type StillQuarantined } from '@millrace/ingest-api/retry-quarantined'
import { readConfig } from '@millrace/runtime/read-config'
import { createScrubber } from '@millrace/scrub/create-scrubber'
import { listQuarantine, markRetried, type QuarantineRow } from '@millrace/warehouse/quarantine'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { findDatabaseUrl, useDatabase } from '../database/use-database.ts'
import { Config } from '../up/config.ts'
import { openKeys } from '../up/open-keys.ts'
import { type FilterFlags, withFilter } from './filter-options.ts'

interface RetryResult {
  readonly published: readonly string[]
  readonly still: readonly StillQuarantined[]
}

type ContractRow = Extract<QuarantineRow, { stage: 'contract' }>
type LoadRow = Extract<QuarantineRow, { stage: 'load' }>

export function quarantineRetryCommand({ env, out, note, now }: CommandDeps): Command {
  return withFilter(new Command('retry'), 10_000)
    .description(
      'Judge quarantined events again, as after a contract was mended, and publish those that pass now.',
    )
    .option('--json', 'one JSON object { published, still }')
    .action(async ({ code, id, limit, json }: FilterFlags) => {
      const filter = { limit, ...(code ? { code } : {}), ...(id ? { eventId: id } : {}) }
      const databaseUrl = await findDatabaseUrl(env)
      const log = createPostgresLog({ connection: databaseUrl, clientName: 'cli', now, onError: note })
      try {
        const result = await useDatabase(env, async (pool) => {
          const rows = await listQuarantine(pool, filter)
          const judged = await retryContractRows(rows.filter(isContractRow), log, env)
          const loaded = await retryLoadRows(rows.filter(isLoadRow), log)
          const result = {
            published: [...judged.published, ...loaded.published],
            still: [...judged.still, ...loaded.still],
          }
          const published = new Set(result.published)
          await markRetried(
            pool,
            rows.filter(({ eventId }) => eventId !== null && published.has(eventId)),
          )
          return result
        })
        report(result, json === true, out)
      } finally {
        await log.close()
      }
    })
}

function isContractRow(row: QuarantineRow): row is ContractRow {
  return row.stage === 'contract'
}

function isLoadRow(row: QuarantineRow): row is LoadRow {
  return row.stage === 'load'
}

async function retryContractRows(
  rows: readonly ContractRow[],
  log: EventLog,
  env: CommandDeps['env'],
): Promise<RetryResult> {
  if (rows.length === 0) return { published: [], still: [] }
  const config = readConfig(Config, env)
  const { writeKeys, pseudonymKey } = await openKeys(config, path.resolve(config.DATA_DIR))
  const scrubber = createScrubber({ pseudonymKey })
  const retry = createQuarantineRetry({
    log,
    scrubber,
    keys: writeKeys,
    maxEventAgeDays: config.MAX_EVENT_AGE_DAYS,
  })
  return retry(rows.map(({ record }) => record))
}

/** They passed the API; whether their facts can be written now is the loader's word. A conflict stays a conflict. */
async function retryLoadRows(rows: readonly LoadRow[], log: EventLog): Promise<RetryResult> {
  const again = rows.filter(({ code, eventId }) => code !== 'id_conflict' && eventId !== null)
  const records = again.map(({ record }) => eventRecord(record))
  if (records.length > 0) await log.publish([{ topic: EVENTS_TOPIC, records }])
  const stays = rows.filter((row) => !again.includes(row))
  return {
    published: again.flatMap(({ eventId }) => eventId ?? []),
    still: stays.map(({ eventId, code, path, detail }) => ({
      ...(eventId ? { eventId } : {}),
      code: code as never,
      path,
      detail,
    })),
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
