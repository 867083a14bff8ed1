import { randomUUID } from 'node:crypto'
import type { Batch, Consumer } from 'kafkajs'
import type { LogRange, ReadHandler } from '../event-log.ts'
import { withinTime } from '../within-time.ts'
import type { KafkaConnection } from './connection.ts'
import type { KafkaAdmin } from './create-admin.ts'
import { toRecord } from './create-buffer.ts'
import { openClient } from './open-client.ts'
import { readRanges } from './topic-offsets.ts'

export interface ReadPartsDeps {
  readonly connection: KafkaConnection
  readonly admin: KafkaAdmin
  readonly prefix: string
  readonly turn: number
}

const REQUEST_MS = 5_000
/** Without a word of the brokers for so long the rest is given up. */
const PATIENCE_MS = 20_000
const RETRY = { initialRetryTime: 100, factor: 0.2, multiplier: 2, maxRetryTime: 1_000, retries: 3 }

/** A part that is read: how far, and what is to come after it. */
interface Part {
  /** As it was asked for, without the prefix. */
  readonly range: LogRange
  next: number
  readonly end: number
}

/**
 * By a group that lives as long as the call and commits nothing: kafkajs fetches in no other way. Parts of one partition
 * are read one after another.
 */
export async function readParts(
  deps: ReadPartsDeps,
  ranges: readonly LogRange[],
  handle: ReadHandler,
): Promise<void> {
  const parts = await keptParts(deps, ranges)
  if (parts.size === 0) return
  const { connection, prefix, turn, admin } = deps
  const groupId = `${prefix}read-${randomUUID()}`
  const client = openClient(connection, { requestTimeoutMs: REQUEST_MS, retry: RETRY, turn })
  const consumer = client.kafka.consumer({
    groupId,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
    retry: { ...RETRY, restartOnFailure: async () => false },
  })
  try {
    await fetchAll(consumer, parts, handle)
  } finally {
    await withinTime(consumer.disconnect(), REQUEST_MS).catch(() => undefined)
    client.kill()
    await admin.ask((kafka) => kafka.deleteGroups([groupId])).catch(() => undefined)
  }
}

type Parts = Map<string, Part[]>

const nameOf = (topic: string, partition: number): string => `${topic}\n${partition}`

/** By topic and partition, with what the partitions still hold of them. */
async function keptParts({ admin, prefix }: ReadPartsDeps, ranges: readonly LogRange[]): Promise<Parts> {
  const parts: Parts = new Map()
  for (const topic of new Set(ranges.map((range) => range.topic))) {
    const held = new Map(
      (await readRanges(admin, `${prefix}${topic}`)).map((range) => [range.partition, range]),
    )
    for (const range of ranges.filter((one) => one.topic === topic)) {
      const kept = held.get(range.partition)
      const next = Math.max(range.firstOffset, kept?.firstOffset ?? 0)
      const end = Math.min(range.nextOffset, kept?.nextOffset ?? 0)
      const name = nameOf(`${prefix}${topic}`, range.partition)
      if (next < end) parts.set(name, [...(parts.get(name) ?? []), { range, next, end }])
    }
  }
  for (const some of parts.values()) some.sort((a, b) => a.next - b.next)
  return parts
}

/** kafkajs fetches from the first kept record on until it is told to seek: what is before a part is passed over. */
async function fetchAll(consumer: Consumer, parts: Parts, handle: ReadHandler): Promise<void> {
  let onProgress = (): void => undefined
  const failed = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
  })
  failed.catch(() => undefined)
  function seek(name: string, { next }: Part): void {
    const [topic = '', partition] = name.split('\n')
    consumer.seek({ topic, partition: Number(partition), offset: `${next}` })
  }
  function take(batch: Batch): void {
    const { topic, partition } = batch
    const name = nameOf(topic, partition)
    const [part, following] = parts.get(name) ?? []
    if (!part) {
      consumer.pause([{ topic, partitions: [partition] }])
      return
    }
    const records = batch.messages.map(toRecord)
    const wanted = records.filter(({ offset }) => part.next <= offset && offset < part.end)
    if (wanted.length > 0) handle(part.range, wanted)
    part.next = Math.max(part.next, Number(batch.lastOffset()) + 1)
    if (part.next >= part.end) {
      parts.get(name)?.shift()
      if (following) seek(name, following)
      else parts.delete(name)
    }
    onProgress()
  }
  await withinTime(consumer.connect(), REQUEST_MS)
  const topics = [...new Set([...parts.keys()].map((name) => name.split('\n')[0] ?? ''))]
  await consumer.subscribe({ topics, fromBeginning: true })
  await consumer.run({ autoCommit: false, eachBatch: async ({ batch }) => take(batch) })
  for (const [name, [first]] of parts) if (first) seek(name, first)
  while (parts.size > 0) {
    const progress = new Promise<void>((resolve) => {
      onProgress = resolve
    })
    await withinTime(Promise.race([progress, failed]), PATIENCE_MS)
  }
}
