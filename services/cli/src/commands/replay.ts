import { setTimeout as sleep } from 'node:timers/promises'
import { ARCHIVER_GROUP } from '@millrace/archiver/create-archiver'
import { Fault } from '@millrace/contracts/fault'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { createReplay, type Replayed } from '@millrace/loader/create-replay'
import { pendingMigrations } from '@millrace/warehouse/migrate'
import { migrateWarehouse } from '@millrace/warehouse/migrate-warehouse'
import { readTimeZone } from '@millrace/warehouse/read-time-zone'
import { openShadow } from '@millrace/warehouse/shadow/open-shadow'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { findDatabaseUrl } from '../database/use-database.ts'
import { type Stores, useStores } from '../database/use-stores.ts'
import { ownDefinitions } from '../kpi/own-definitions.ts'
import { progressLines } from '../progress-lines.ts'
import { confirm, expectTerminal } from '../replay/confirm.ts'
import { describeStep } from '../replay/describe-step.ts'
import { type ChoiceFlags, day, hour, month, readChoice, wholeNumber } from '../replay/read-choice.ts'
import { type ReplayReport, reportComparison, reportRecords, reportSwap } from '../replay/report-replay.ts'

interface ReplayFlags extends ChoiceFlags {
  readonly swap?: boolean
  readonly yes?: boolean
  readonly shadow?: string
  readonly wait: number
  readonly json?: boolean
}

/** Four partitions at a time, and what is read beside them. */
const SHADOW_CONNECTIONS = 6

export function replayCommand(deps: CommandDeps): Command {
  return new Command('replay')
    .description(
      'Recompute days from the archive into a shadow database and compare them with the live one; exit 1 when they differ.',
    )
    .option('--month <yyyy-mm>', 'the days of a month', month)
    .option('--from <yyyy-mm-dd>', 'the first business day', day)
    .option('--to <yyyy-mm-dd>', 'and the last one', day)
    .option('--from-hour <yyyy-mm-ddThh>', 'the days of what was received from this UTC hour on', hour)
    .option('--to-hour <yyyy-mm-ddThh>', 'to the end of this one', hour)
    .option('--topic <name>', `the days of records of ${EVENTS_TOPIC}`)
    .option('--partition <number>', 'of this partition', wholeNumber)
    .option('--from-offset <number>', 'from this offset on', wholeNumber)
    .option('--to-offset <number>', 'to this one', wholeNumber)
    .option('--swap', 'put the live database right where it differs, its KPIs as they are defined now')
    .option('--yes', 'do not ask before the swap')
    .option('--shadow <url>', 'an empty database to use; else <database>_replay is made beside the live one')
    .option('--wait <seconds>', 'for the archiver to come to what is loaded', wholeNumber, 60)
    .option('--json', 'one JSON object { window, tables, kpis, identical, … }')
    .action(async (flags: ReplayFlags) => {
      const choice = readChoice(flags)
      if (flags.swap && !flags.yes) expectTerminal()
      const databaseUrl = await findDatabaseUrl(deps.env)
      const pending = await pendingMigrations(databaseUrl)
      if (pending.length > 0)
        throw new Fault('config_invalid', `The database lacks ${pending[0]}: run \`millrace migrate\` first`)
      const report = await useStores(deps, async (stores) => {
        const timeZone = await readTimeZone(stores.pool)
        const definitions = ownDefinitions(deps.env)
        const shadow = await openShadow({
          ...{ liveUrl: databaseUrl, timeZone, definitions, connections: SHADOW_CONNECTIONS },
          ...(flags.shadow && { url: flags.shadow }),
        })
        try {
          const replay = createReplay({
            ...{ live: stores.pool, shadow: shadow.pool, archive: stores.archive, timeZone, definitions },
            archivedUntil: () => archivedUntil(stores),
            waitSeconds: flags.wait,
            applyKpis: async () => (await migrateWarehouse({ databaseUrl, timeZone, definitions })).filled,
            ...{ now: deps.now, sleep, onStep: showSteps(deps, flags) },
          })
          return await compareAndSwap(() => replay(choice), flags, deps)
        } finally {
          await shadow.close()
        }
      })
      const { identical } = report.swapped?.after ?? report
      if (!identical) deps.exitWith(1)
      if (flags.json) deps.out(JSON.stringify(report))
    })
}

async function compareAndSwap(
  replay: () => Promise<Replayed>,
  { swap, yes, json }: ReplayFlags,
  { out, now }: CommandDeps,
): Promise<ReplayReport> {
  const startedAt = now().getTime()
  const { comparison, records, swap: swapNow } = await replay()
  const seconds = (now().getTime() - startedAt) / 1_000
  const report = { ...comparison, records: { ...records }, seconds, eventsASecond: records.loaded / seconds }
  if (!json) {
    reportComparison(comparison, out)
    reportRecords(report, out)
  }
  if (!swap || comparison.identical) return report
  if (!yes && !(await confirm('Replace what differs in the live database?'))) return report
  const swapped = await swapNow()
  if (!json) {
    if (!swapped.after.identical) reportComparison(swapped.after, out)
    reportSwap(swapped, out)
  }
  return { ...report, swapped }
}

/** The archiver's own word, so that a bucket of many objects is not listed again and again. */
async function archivedUntil({ log }: Stores): Promise<ReadonlyMap<number, number>> {
  const positions = await log.positions(EVENTS_TOPIC, ARCHIVER_GROUP)
  return new Map(positions.map(({ partition, nextOffset }) => [partition, nextOffset]))
}

function showSteps({ note, now }: CommandDeps, { json }: ReplayFlags) {
  const startedAt = now().getTime()
  const line = progressLines(json ? () => undefined : note, now)
  return (step: Parameters<typeof describeStep>[0]): void =>
    line(describeStep(step, (now().getTime() - startedAt) / 1_000))
}
