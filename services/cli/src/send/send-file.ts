import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Fault } from '@millrace/contracts/fault'
import { inParallel } from './in-parallel.ts'
import { eventsAsTheyAre, loadMapping } from './load-mapping.ts'
import { encodeEvent, makeBatches } from './make-batches.ts'
import { mapRows } from './map-rows.ts'
import type { ClientEvent, RowFormat } from './mapping.ts'
import { createPostBatch, type PostDeps } from './post-batch.ts'
import { formatOf, type ReadRow, readRows } from './read-rows.ts'
import { shuffle } from './shuffle.ts'
import { createTally, type SendSummary } from './tally.ts'

/** Where a sending shows how far it is. */
export interface SendProgress {
  /** `done` from 0 to 1. */
  update(state: { done: number; rows: number; accepted: number; rejected: number }): void
  waiting(reason: string, delayMs: number): void
  stop(): void
}

export interface SendDeps extends PostDeps {
  readonly progress: SendProgress
}

export interface SourceOptions {
  readonly file: string
  /** The mapping file; without one the file is NDJSON of events. */
  readonly map?: string
  readonly format?: RowFormat
  /** Send only so many events. */
  readonly limit?: number
}

export interface SendOptions extends SourceOptions {
  readonly url: string
  readonly key: string
  readonly batchSize: number
  /** Batches under way at once. */
  readonly concurrency: number
  /** Sends the events in an order that this seed decides; all of them are held in memory. */
  readonly shuffleSeed?: number
  /** How long a batch is tried; see PostOptions. */
  readonly giveUpAfterMs: number
  readonly firstAnswerMs: number
}

/**
 * Sends a file's rows as events. What the API refuses is counted; what stops the sending before the end of the file is
 * told in `stopped`, with the counts so far: sending the same file again is safe, every messageId counts once.
 * @throws Fault `config_invalid` when the file or the mapping cannot be used, before anything is sent.
 */
export type SendFile = (options: SendOptions) => Promise<SendSummary>

export function createFileSender(deps: SendDeps): SendFile {
  const { now, progress } = deps
  return async function sendFile(options) {
    const started = now().getTime()
    const tally = createTally()
    const source = await openSource(options, (row) => tally.row(row))
    const post = createPostBatch(deps, {
      ...options,
      onRetry(reason, delayMs) {
        tally.retry()
        progress.waiting(reason, delayMs)
      },
    })
    const inOrder = encodeAll(source.events, tally)
    const { shuffleSeed } = options
    const events = shuffleSeed === undefined ? inOrder : shuffle(inOrder, shuffleSeed)
    const done = (): number => {
      const { accepted, rejected, events: made } = tally.counts
      return shuffleSeed === undefined ? source.readShare() : (accepted + rejected) / Math.max(made, 1)
    }
    let stopped: string | undefined
    try {
      await inParallel(makeBatches(events, options.batchSize), options.concurrency, async (batch, signal) => {
        tally.receipt(await post(batch, signal))
        progress.update({ done: done(), ...tally.counts })
      })
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      stopped = error.message
    } finally {
      progress.stop()
    }
    return tally.summary((now().getTime() - started) / 1000, stopped)
  }
}

async function* encodeAll(events: AsyncIterable<ClientEvent>, tally: { event(): void }) {
  for await (const event of events) {
    tally.event()
    yield encodeEvent(event)
  }
}

interface EventSource {
  readonly events: AsyncGenerator<ClientEvent>
  /** How much of the file has been read, from 0 to 1. */
  readShare(): number
}

/** The events that a file holds, made as they are asked for. */
export async function openSource(
  { file, map, format, limit }: SourceOptions,
  onRow: (row: ReadRow) => void = () => undefined,
): Promise<EventSource> {
  const loaded = map === undefined ? eventsAsTheyAre : await loadMapping(map)
  const asWhat = format ?? loaded.format ?? formatOf(file)
  if (asWhat === undefined) {
    throw new Fault('config_invalid', `The name of ${file} does not tell its format: add --format`)
  }
  const size = await sizeOf(file)
  const source = createReadStream(file)
  const rows = readRows({ source, file, format: asWhat, columns: loaded.columns })
  const events = mapRows(rows, { mapping: loaded.mapping, onRow, ...(limit === undefined ? {} : { limit }) })
  return { events, readShare: () => source.bytesRead / Math.max(size, 1) }
}

async function sizeOf(file: string): Promise<number> {
  try {
    const stats = await stat(file)
    if (stats.isFile()) return stats.size
  } catch (cause) {
    throw new Fault('config_invalid', `There is no file ${file}`, { cause })
  }
  throw new Fault('config_invalid', `${file} is not a file`)
}
