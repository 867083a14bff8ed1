import { Fault } from '@millrace/contracts/fault'
import type { TopicRecords } from '../event-log.ts'
import { partitionOf } from '../partition-of.ts'
import type { TopicFacts } from './topic-facts.ts'

export interface PlannedMessage {
  readonly key: Buffer
  readonly value: Buffer
  readonly headers?: Record<string, string>
  readonly partition: number
}

/** What becomes one record batch of one partition. */
export interface PlannedBatch {
  readonly topic: string
  readonly partition: number
  /** The broker that leads the partition. */
  readonly leader: number
  /** An estimate from above, before compression. */
  readonly bytes: number
  readonly messages: readonly PlannedMessage[]
}

const MAX_BATCH_BYTES = 1024 * 1024
/** Header of a batch, and the most that a record needs beside its key, value and headers. */
const BATCH_OVERHEAD = 61
const RECORD_OVERHEAD = 32
const HEADER_OVERHEAD = 10

/**
 * Cuts records into batches that their topics take, in order: what kafkajs sends at once becomes one batch a partition,
 * however large. `topic` is the name with the prefix.
 * @throws Fault `config_invalid` when a record is larger than its topic takes.
 */
export function planBatches({ topic, records }: TopicRecords, facts: TopicFacts): readonly PlannedBatch[] {
  const limit = Math.min(facts.maxMessageBytes, MAX_BATCH_BYTES)
  const open = new Map<number, { bytes: number; messages: PlannedMessage[] }>()
  const planned: PlannedBatch[] = []
  const close = (partition: number, batch: { bytes: number; messages: PlannedMessage[] }): void => {
    planned.push({ topic, partition, leader: facts.leaders.get(partition) ?? -1, ...batch })
  }
  for (const { key, value, headers } of records) {
    const message = {
      key: Buffer.from(key),
      value: Buffer.from(value),
      ...(headers ? { headers } : {}),
      partition: partitionOf(key, facts.partitions),
    }
    const bytes = sizeOf(message)
    if (bytes + BATCH_OVERHEAD > facts.maxMessageBytes) throw tooLarge(topic, bytes, facts)
    let batch = open.get(message.partition)
    if (batch && batch.bytes + bytes > limit) {
      close(message.partition, batch)
      batch = undefined
    }
    if (!batch) {
      batch = { bytes: BATCH_OVERHEAD, messages: [] }
      open.set(message.partition, batch)
    }
    batch.messages.push(message)
    batch.bytes += bytes
  }
  for (const [partition, batch] of open) close(partition, batch)
  return planned
}

/**
 * Orders batches for sending: each round holds one batch a partition at most, as a send can; within a round those of one
 * broker are together, as one request.
 */
export function planRounds(batches: readonly PlannedBatch[]): readonly (readonly PlannedBatch[])[][] {
  const rounds: Map<number, PlannedBatch[]>[] = []
  const sent = new Map<string, number>()
  for (const batch of batches) {
    const partition = `${batch.topic} ${batch.partition}`
    const round = sent.get(partition) ?? 0
    sent.set(partition, round + 1)
    const byLeader = rounds[round] ?? new Map<number, PlannedBatch[]>()
    rounds[round] = byLeader
    byLeader.set(batch.leader, [...(byLeader.get(batch.leader) ?? []), batch])
  }
  return rounds.map((byLeader) => [...byLeader.values()])
}

function sizeOf({ key, value, headers = {} }: PlannedMessage): number {
  let bytes = RECORD_OVERHEAD + key.length + value.length
  for (const [name, text] of Object.entries(headers)) {
    bytes += HEADER_OVERHEAD + Buffer.byteLength(name) + Buffer.byteLength(text)
  }
  return bytes
}

function tooLarge(topic: string, bytes: number, { maxMessageBytes }: TopicFacts): Fault {
  return new Fault(
    'config_invalid',
    `A record of ${bytes} bytes is more than topic ${topic} takes: its max.message.bytes is ${maxMessageBytes}`,
  )
}
