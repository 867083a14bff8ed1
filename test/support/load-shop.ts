import { fileURLToPath } from 'node:url'
import { createFileSender } from '@millrace/cli/send/send-file'
import { IMPORT_KEY, startIngest } from '@millrace/ingest-api/ingest-fixture'
import { expect, onTestFinished } from 'vitest'
import { openPipeline, type Pipeline, type PipelineOptions } from './open-pipeline.ts'

export const SHOP_SAMPLE = fileURLToPath(new URL('../data/online-retail-sample.csv.gz', import.meta.url))
const MAP = fileURLToPath(new URL('../../docs/examples/online-retail.ts', import.meta.url))

/** A file of the shop's invoices through API, log, archiver and loader. */
export async function loadShop(file: string, options: PipelineOptions = {}): Promise<Pipeline> {
  const pipeline = await openPipeline({ partitions: 4, flushRecords: 5_000, ...options })
  await sendShop(pipeline, file)
  return pipeline
}

/** Sends it and waits until all of it is archived and loaded. */
export async function sendShop({ log, archive, settled }: Pipeline, file: string): Promise<void> {
  const now = () => new Date()
  const api = await startIngest({ log, archive, now })
  onTestFinished(() => api.close())
  const send = createFileSender({
    ...{ fetch, now, random: Math.random },
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    progress: { update: () => undefined, waiting: () => undefined, stop: () => undefined },
  })
  const sending = {
    ...{ file, map: MAP, url: api.url, key: IMPORT_KEY.key, batchSize: 500, concurrency: 2 },
    ...{ firstAnswerMs: 30_000, giveUpAfterMs: 30_000 },
  }
  expect(await send(sending)).toMatchObject({ rejected: 0 })
  await settled()
}
