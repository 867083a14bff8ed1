import type pg from 'pg'
import type { BatchLimits } from '../batch-limits.ts'
import type { Slots } from '../create-slots.ts'
import type { ConsumeOptions, LogBatch } from '../event-log.ts'
import { createSignal } from '../signal.ts'
import { createGroupLocks } from './group-locks.ts'
import { openSession } from './open-session.ts'
import { createPartitionStore } from './partition-store.ts'
import { type PartitionReader, readPartition } from './read-partition.ts'
import { shareOf } from './share-of.ts'

export interface GroupSessionDeps {
  readonly config: pg.ClientConfig
  readonly timeoutMs: number
  readonly consume: ConsumeOptions
  readonly limits: BatchLimits
  readonly slots: Slots
  readonly now: () => Date
  readonly onError: (message: string, error: unknown) => void
  readonly closing: AbortSignal
  /** The group is joined and the first partitions are taken. */
  onJoined(): void
}

interface Held {
  readonly topic: string
  readonly partition: number
  readonly reader: PartitionReader
  /** Resolves when the reader has stopped and, if it was released, its lock is free. */
  readonly gone: Promise<void>
  leaving: boolean
}

interface Head {
  readonly topic: string
  readonly partition: number
  readonly next_offset: number
}

const TICK_MS = 1_000

/**
 * One membership in the group, on one connection: takes its share of the partitions and reads them. Resolves after
 * closing; rejects with the cause when the connection is lost. Either way no handler is under way any more.
 */
export async function runGroupSession(deps: GroupSessionDeps): Promise<void> {
  const { consume, closing } = deps
  const signal = createSignal()
  const held = new Map<string, Held>()
  const joined = new Set<string>()
  let lost: { readonly cause: unknown } | undefined

  const session = await openSession({
    config: deps.config,
    timeoutMs: deps.timeoutMs,
    onMessage,
    onLost(cause) {
      lost = { cause }
      for (const { reader } of held.values()) reader.stop()
      signal.wake()
    },
  })
  const locks = createGroupLocks(session.query, consume.group)
  closing.addEventListener('abort', signal.wake)

  try {
    while (!closing.aborted && !lost) {
      await tick()
      deps.onJoined()
      await signal.wait(TICK_MS)
    }
  } catch (cause) {
    lost ??= { cause }
  } finally {
    closing.removeEventListener('abort', signal.wake)
    await leave()
  }
  if (lost) throw lost.cause

  function onMessage(payload: string): void {
    const [kind, subject, heads] = payload.split(' ')
    if (kind === 'group' && subject === consume.group) signal.wake()
    if (kind !== 'records' || !joined.has(subject ?? '')) return
    if (heads === undefined) signal.wake()
    for (const head of heads?.split(',') ?? []) {
      const [partition, nextOffset] = head.split('=')
      held.get(`${subject} ${partition}`)?.reader.headSeen(Number(nextOffset))
    }
  }

  /** The safety net under the messages: looks at everything once a second. */
  async function tick(): Promise<void> {
    const checkedAt = deps.now()
    const heads = await session.query<Head>({ ...readHeads, values: [consume.topics] })
    const partitions = new Map<string, number>()
    for (const { topic } of heads) partitions.set(topic, (partitions.get(topic) ?? 0) + 1)
    await joinNew([...partitions.keys()])
    for (const [topic, count] of partitions) await balance(topic, count)
    for (const { topic, partition, next_offset } of heads) {
      held.get(`${topic} ${partition}`)?.reader.endSeen({ nextOffset: next_offset, checkedAt })
    }
  }

  async function joinNew(topics: readonly string[]): Promise<void> {
    const fresh = topics.filter((topic) => !joined.has(topic))
    if (fresh.length === 0) return
    await session.query({ text: 'select pipeline.log_join($1::text[], $2)', values: [fresh, consume.group] })
    for (const topic of fresh) {
      await locks.join(topic)
      joined.add(topic)
    }
    await locks.tellGroup()
  }

  /** Gives up what is beyond this member's share, or takes what is free of it. */
  async function balance(topic: string, partitions: number): Promise<void> {
    const { members, taken } = await locks.look(topic, partitions)
    const share = shareOf({ topic, partitions, members, me: session.backend })
    const mine = [...held.values()].filter((one) => one.topic === topic && !one.leaving)
    for (const one of mine.slice(share)) {
      one.leaving = true
      one.reader.stop()
    }
    let missing = share - mine.length
    for (let partition = 0; partition < partitions && missing > 0 && !lost; partition++) {
      if (taken.has(partition) || !(await locks.tryTake(topic, partition))) continue
      hold(topic, partition)
      missing -= 1
    }
  }

  function hold(topic: string, partition: number): void {
    const { group } = consume
    const reader = readPartition({
      topic,
      partition,
      store: createPartitionStore(session.query, { topic, group, partition }),
      slots: deps.slots,
      limits: deps.limits,
      now: deps.now,
      onError: deps.onError,
      handle: (batch: LogBatch) => consume.handle(batch),
      endReached: async (end) => consume.endReached?.(end),
    })
    const name = `${topic} ${partition}`
    const one: Held = {
      topic,
      partition,
      reader,
      leaving: false,
      gone: reader.done
        .then(async () => {
          if (!one.leaving || lost) return
          held.delete(name)
          await locks.release(topic, partition)
        })
        .catch(session.lose),
    }
    held.set(name, one)
  }

  async function leave(): Promise<void> {
    const all = [...held.values()]
    for (const { reader } of all) reader.stop()
    await Promise.all(all.map(({ gone }) => gone))
    if (!lost) await locks.releaseAll().catch(() => undefined)
    await session.close()
  }
}

const readHeads = {
  name: 'log_heads',
  text: `select topic, partition, next_offset::float8 as next_offset from pipeline.log_partition
    where topic = any ($1::text[]) order by topic, partition`,
}
