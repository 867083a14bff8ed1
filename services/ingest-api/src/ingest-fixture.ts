import type { ReceiptAnswer } from '@millrace/contracts/answer'
import type { QuarantinedEvent } from '@millrace/contracts/quarantined-event'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC, type StampedEvent } from '@millrace/contracts/stamped-event'
import type { WriteKey } from '@millrace/contracts/write-key'
import type { TopicRecords } from '@millrace/event-log/event-log'
import { createLogger } from '@millrace/runtime/logger'
import { serve } from '@millrace/runtime/serve'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { createScrubber } from '@millrace/scrub/create-scrubber'
import { errorBody } from './answer.ts'
import { createIngestApi, type IngestDeps } from './create-ingest-api.ts'

/** For tests: the API on a free port, its log in memory, its clock standing still. */
export const NOW = new Date('2026-11-21T12:00:00.000Z')
export const PSEUDONYM_KEY = 'a pseudonym key for tests, 32 characters'
export const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

export const PUBLIC_KEY: WriteKey = { key: 'pk_test_0001', source: 'web', kind: 'public' }
export const SHOP_KEY: WriteKey = {
  key: 'pk_test_shop',
  source: 'shop',
  kind: 'public',
  origins: ['https://shop.example'],
}
export const SECRET_KEY: WriteKey = { key: 'sk_test_0001', source: 'server', kind: 'secret' }
export const IMPORT_KEY: WriteKey = {
  ...SECRET_KEY,
  key: 'sk_test_import',
  source: 'import',
  historical: true,
}
export const CANARY_KEY: WriteKey = { ...SECRET_KEY, key: 'sk_test_canary', source: 'canary', canary: true }

/** A log that keeps what it is given, or throws what it is told to. */
export function createFakeLog() {
  const batches: TopicRecords[][] = []
  const log = {
    batches,
    fault: undefined as Error | undefined,
    publish: async (given: readonly TopicRecords[]) => {
      if (log.fault !== undefined) throw log.fault
      batches.push([...given])
    },
    ranges: async () => {
      if (log.fault !== undefined) throw log.fault
      return []
    },
    events: () => valuesOf(EVENTS_TOPIC) as StampedEvent[],
    quarantined: () => valuesOf(QUARANTINE_TOPIC) as QuarantinedEvent[],
  }
  function valuesOf(topic: string): unknown[] {
    const ofTopic = batches.flat().filter((batch) => batch.topic === topic)
    return ofTopic.flatMap(({ records }) => records.map(({ value }): unknown => JSON.parse(value)))
  }
  return log
}

/** An archive that keeps what is put, or throws what it is told to. */
export function createFakeArchive() {
  const objects = new Map<string, Uint8Array>()
  const archive = {
    objects,
    fault: undefined as Error | undefined,
    putIfAbsent: async (key: string, body: Uint8Array) => {
      if (archive.fault !== undefined) throw archive.fault
      objects.set(key, body)
      return 'created' as const
    },
    head: async () => {
      if (archive.fault !== undefined) throw archive.fault
      return undefined
    },
  }
  return archive
}

export async function startIngest(given: Partial<IngestDeps> = {}) {
  const log = createFakeLog()
  const archive = createFakeArchive()
  const registry = createServiceMetrics()
  let requests = 0
  const app = createIngestApi({
    keys: [PUBLIC_KEY, SHOP_KEY, SECRET_KEY, IMPORT_KEY, CANARY_KEY],
    log,
    archive,
    scrubber: createScrubber({ pseudonymKey: PSEUDONYM_KEY }),
    now: () => NOW,
    newRequestId: () => `request-${++requests}`,
    logger: createLogger({ service: 'ingest-api', level: 'silent' }),
    registry,
    version: '0.0.0-test',
    ...given,
  })
  const server = await serve(app, {
    port: 0,
    host: '127.0.0.1',
    brokenRequestBody: (detail) => errorBody('broken', detail),
  })
  return { ...server, log, archive, registry }
}

/** A good event; `given` replaces parts of it. */
export function event(given: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    messageId: crypto.randomUUID(),
    type: 'track',
    event: 'search_performed',
    anonymousId: 'visitor-1',
    originalTimestamp: '2026-11-21T11:59:58.000Z',
    properties: { query: 'boxes' },
    ...given,
  }
}

export interface Posted {
  readonly status: number
  readonly headers: Headers
  readonly body: ReceiptAnswer
}

/** Posts as a browser page of no particular origin, with the public key unless `headers` say otherwise. */
export async function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = { 'X-Write-Key': PUBLIC_KEY.key },
): Promise<Posted> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'User-Agent': BROWSER, ...headers },
    body: isRaw ? body : JSON.stringify(body),
  })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as ReceiptAnswer,
  }
}
