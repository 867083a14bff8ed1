import { setTimeout } from 'node:timers/promises'
import { Fault } from '@millrace/contracts/fault'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { describeSummary } from '../send/describe-summary.ts'
import { findTarget } from '../send/find-target.ts'
import { MAX_BATCH_EVENTS } from '../send/make-batches.ts'
import type { RowFormat } from '../send/mapping.ts'
import { createFileSender, openSource, type SourceOptions } from '../send/send-file.ts'
import { createBar, createLines } from '../send/show-progress.ts'

interface SendFlags {
  readonly map?: string
  readonly url?: string
  readonly key?: string
  readonly format?: RowFormat
  readonly batchSize: number
  readonly concurrency: number
  readonly limit?: number
  readonly order: 'file' | 'shuffle'
  readonly seed: number
  readonly giveUpAfter?: number
  readonly dryRun?: boolean
  readonly json?: boolean
}

const DRY_RUN_EVENTS = 10
const FIRST_ANSWER_SECONDS = 30
const GIVE_UP_SECONDS = 600

export function sendCommand(deps: CommandDeps): Command {
  const command = new Command('send')
    .description(
      'Send a file of rows to the API as events. Sending it again is safe: each messageId counts once.',
    )
    .argument('<file>', 'CSV, NDJSON or an access log, also with .gz')
    .option(
      '--map <file>',
      'TypeScript or JavaScript that makes events of rows; without it the file is NDJSON of events',
    )
    .option('--url <url>', 'the API (default: MILLRACE_URL, else the running `millrace up`)')
    .option('--key <key>', 'the write key (default: MILLRACE_KEY, else the secret key of the data folder)')
    .addOption(
      new Option(
        '--format <format>',
        'how the file is read (default: as the mapping or the name says)',
      ).choices(['csv', 'ndjson', 'apache', 'lines']),
    )
    .option(
      '--batch-size <events>',
      `events a request, at most ${MAX_BATCH_EVENTS}`,
      whole(1, MAX_BATCH_EVENTS),
      500,
    )
    .option('--concurrency <requests>', 'requests under way at once', whole(1, 64), 4)
    .option('--limit <events>', 'send only so many events', whole(1))
    .addOption(
      new Option('--order <order>', 'shuffle holds all events in memory')
        .choices(['file', 'shuffle'])
        .default('file'),
    )
    .option('--seed <number>', 'of the shuffled order', whole(0), 1)
    .option(
      '--give-up-after <seconds>',
      `how long a batch is tried (default: ${FIRST_ANSWER_SECONDS} until anything has answered, then ${GIVE_UP_SECONDS})`,
      whole(0),
    )
    .option('--dry-run', `print the first events (${DRY_RUN_EVENTS}, or --limit) and send nothing`)
    .option('--json', 'print the summary, or with --dry-run the events, as one JSON value')
  return command.action(async (file: string, flags: SendFlags) => {
    const source = sourceOf(file, flags)
    try {
      await (flags.dryRun ? dryRun(source, flags.json === true, deps) : send(source, flags, deps))
    } catch (error) {
      if (error instanceof Fault && error.code === 'config_invalid')
        command.error(error.message, { exitCode: 2 })
      throw error
    }
  })
}

function sourceOf(file: string, { map, format, limit }: SendFlags): SourceOptions {
  return {
    file,
    ...(map === undefined ? {} : { map }),
    ...(format === undefined ? {} : { format }),
    ...(limit === undefined ? {} : { limit }),
  }
}

async function dryRun(source: SourceOptions, json: boolean, { out }: CommandDeps): Promise<void> {
  const { events } = await openSource({ limit: DRY_RUN_EVENTS, ...source })
  const all: string[] = []
  for await (const event of events) {
    if (json) all.push(JSON.stringify(event))
    else out(JSON.stringify(event))
  }
  if (json) out(`[${all.join(',')}]`)
}

async function send(source: SourceOptions, flags: SendFlags, deps: CommandDeps): Promise<void> {
  const { env, out, note, now, exitWith } = deps
  const target = await findTarget(flags, env)
  const sendFile = createFileSender({
    fetch,
    now,
    sleep: async (ms, signal) => void (await setTimeout(ms, undefined, { signal })),
    random: Math.random,
    progress: process.stderr.isTTY ? createBar(process.stderr) : createLines(note, now),
  })
  const summary = await sendFile({
    ...source,
    ...target,
    batchSize: flags.batchSize,
    concurrency: flags.concurrency,
    firstAnswerMs: (flags.giveUpAfter ?? FIRST_ANSWER_SECONDS) * 1000,
    giveUpAfterMs: (flags.giveUpAfter ?? GIVE_UP_SECONDS) * 1000,
    ...(flags.order === 'shuffle' ? { shuffleSeed: flags.seed } : {}),
  })
  if (flags.json) out(JSON.stringify(summary))
  else for (const line of describeSummary(summary)) out(line)
  if (summary.rejected > 0 || summary.unreadable > 0 || summary.stopped !== undefined) exitWith(1)
}

function whole(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= least && number <= most) return number
    const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`
    throw new InvalidArgumentError(`Expected a whole number ${range}.`)
  }
}
