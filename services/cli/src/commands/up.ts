import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'

export function upCommand(deps: CommandDeps): Command {
  return new Command('up')
    .description('Run every service in one process, embedded for what is not configured.')
    .option('--json', 'print addresses and keys as one line of JSON when ready')
    .addHelpText('after', ENVIRONMENT)
    .action(async ({ json }: { json?: boolean }) => {
      const { runUp } = await import('../up/run-up.ts')
      await runUp(deps, { json: json === true })
    })
}

const VARIABLES = [
  ['DATA_DIR', 'where data and keys are kept [.millrace]'],
  ['INGEST_PORT', 'API, docs, health [8080]'],
  ['BOARD_PORT', 'board [8081]'],
  ['EXPORTER_PORT', 'KPI metrics [9464]'],
  ['LOADER_PORT', "the loader's own metrics and health [9465]"],
  ['ARCHIVER_PORT', "the archiver's own metrics and health [9466]"],
  ['BIND_HOST', 'address to listen on [127.0.0.1]'],
  ['INGEST_URL', 'the API as browsers reach it [its address here]'],
  ['DATABASE_URL', 'a Postgres of yours [an embedded one]'],
  ['WRITE_KEYS', 'JSON or a file of it [two keys, made once and printed]'],
  ['PSEUDONYM_KEY', 'secret of 32 characters or more [made once; must be set with NODE_ENV=production]'],
  ['BUSINESS_TIME_ZONE', 'whose days the KPIs count [UTC]'],
  ['MAX_EVENT_AGE_DAYS', 'older events are quarantined, unless the key is historical [30]'],
  ['CONSENT_POLICY', 'suppress or anonymous [suppress]'],
  ['LOG_PARTITIONS', 'partitions of a new event log [4]'],
  ['LOG_RETENTION_HOURS', 'how long a new event log keeps events [168]'],
  ['ARCHIVE_FLUSH_RECORDS', 'an archive object holds at most so many [10000]'],
  ['ARCHIVE_FLUSH_SECONDS', 'and waits at most so long for them [10]'],
  ['KPI_REFRESH_SECONDS', 'how often the KPI metrics are computed [1]'],
  ['KPI_STALE_SECONDS', 'older KPI metrics are not shown [600]'],
  ['BOARD_REFRESH_SECONDS', 'how often the board is computed [1]'],
  ['TRUST_PROXY', 'proxies before the API, as a number or addresses [none]'],
  ['LOG_LEVEL', 'debug, info, warn, error, silent [warn]'],
] as const

const ENVIRONMENT = `
Environment (defaults in brackets):
${VARIABLES.map(([name, meaning]) => `  ${name.padEnd(22)} ${meaning}`).join('\n')}`
