import type { Consumer, EachBatchPayload, TopicOffsets, TopicPartitionOffset } from 'kafkajs'
import { withinTime } from '../within-time.ts'
import type { KafkaConnection } from './connection.ts'
import { createStickyAssigner } from './create-sticky-assigner.ts'
import type { GroupLink, HeldPartitions } from './hold-partitions.ts'
import { openClient } from './open-client.ts'

export interface JoinGroupDeps {
  readonly connection: KafkaConnection
  readonly prefix: string
  readonly group: string
  /** All of them exist. */
  readonly topics: readonly string[]
  readonly partitions: HeldPartitions
  /** A member that is not heard of for so long loses its partitions. */
  readonly sessionTimeoutMs: number
  /** How many memberships there were before this one. */
  readonly turn: number
  /** This process is a member, and knows where its partitions go on. */
  onJoined(): void
}

export interface Membership {
  /** Rejects with the cause when kafkajs has given up; resolves after `leave`. */
  readonly over: Promise<void>
  /** Tells the group; resolves within some seconds whatever happens. */
  leave(): Promise<void>
}

/** kafkajs looks for partitions that may be fetched again only after so long: a pause of one ends within it. */
const FETCH_WAIT_MS = 100
/** Compressed; what they hold may be ten times as much. */
const FETCH_BYTES = { perPartition: 512 * 1024, all: 4 * 1024 * 1024 }
const HEARTBEAT_MS = 500
const REBALANCE_MS = 20_000
const REQUEST_MS = 5_000
const LEAVE_MS = 5_000
const RETRY = { initialRetryTime: 100, factor: 0.2, multiplier: 2, maxRetryTime: 1_000, retries: 3 }

/** One membership in the group: kafkajs fetches, the held partitions get what it fetched. */
export async function joinGroup(deps: JoinGroupDeps): Promise<Membership> {
  const { prefix, partitions } = deps
  const client = openClient(deps.connection, {
    requestTimeoutMs: REQUEST_MS,
    retry: RETRY,
    turn: deps.turn,
  })
  const withPrefix = (topic: string): string => `${prefix}${topic}`
  const withoutPrefix = (topic: string): string => topic.slice(prefix.length)
  const consumer = client.kafka.consumer({
    groupId: withPrefix(deps.group),
    partitionAssigners: [createStickyAssigner(() => mapTopics(partitions.owned(), withPrefix))],
    sessionTimeout: deps.sessionTimeoutMs,
    heartbeatInterval: Math.min(HEARTBEAT_MS, deps.sessionTimeoutMs / 3),
    rebalanceTimeout: REBALANCE_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    maxBytesPerPartition: FETCH_BYTES.perPartition,
    maxBytes: FETCH_BYTES.all,
    allowAutoTopicCreation: false,
    // Whoever supervises this begins anew, with a new client.
    retry: { ...RETRY, restartOnFailure: async () => false },
  })
  let commitNow: EachBatchPayload['commitOffsetsIfNecessary'] | undefined
  let isOver = false

  const link: GroupLink = {
    async commit(places) {
      const offsets = places.map(({ topic, partition, nextOffset }) => {
        return { topic: withPrefix(topic), partition, offset: `${nextOffset}` }
      })
      // Of the two ways the first does not try again: after a rebalance that would move another member's place.
      if (commitNow) await commitNow({ topics: groupByTopic(offsets) })
      else await consumer.commitOffsets(offsets)
    },
    seek(topic, partition, offset) {
      consumer.seek({ topic: withPrefix(topic), partition, offset: `${offset}` })
    },
    setFlow(topic, partition, flowing) {
      const one = [{ topic: withPrefix(topic), partitions: [partition] }]
      if (flowing) consumer.resume(one)
      else consumer.pause(one)
    },
  }

  /** Once: the next membership may have begun when kafkajs comes to its stop. */
  function end(): void {
    if (isOver) return
    isOver = true
    partitions.left()
  }

  let tellLeft = (): void => undefined
  const over = new Promise<void>((resolve, reject) => {
    tellLeft = resolve
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
  }).finally(client.kill)
  over.catch(() => undefined)
  // Comes before the word of a crash; from here on kafkajs takes no seek and no pause.
  consumer.on(consumer.events.STOP, end)
  consumer.on(consumer.events.REBALANCING, () => partitions.rebalancing())
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    if (isOver) return
    const assignment = mapTopics(payload.memberAssignment, withoutPrefix)
    void partitions.joined(assignment, link).then(deps.onJoined)
  })

  try {
    await withinTime(consumer.connect(), REQUEST_MS)
    await consumer.subscribe({ topics: deps.topics.map(withPrefix), fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      async eachBatch({ batch, resolveOffset, commitOffsetsIfNecessary }) {
        commitNow = commitOffsetsIfNecessary
        const { fetchedOffset } = batch as typeof batch & { fetchedOffset: string }
        const topic = withoutPrefix(batch.topic)
        if (partitions.add(topic, batch.partition, Number(fetchedOffset), batch.messages)) {
          resolveOffset(batch.messages.at(-1)?.offset ?? '')
        }
      },
    })
  } catch (error) {
    client.kill()
    throw error
  }
  return {
    over,
    async leave() {
      await leave(consumer)
      end()
      tellLeft()
      await over.catch(() => undefined)
    },
  }
}

async function leave(consumer: Consumer): Promise<void> {
  try {
    await withinTime(consumer.disconnect(), LEAVE_MS)
  } catch {
    // The group notices by itself, when the session has run out.
  }
}

function mapTopics<T>(
  byTopic: Readonly<Record<string, T>>,
  rename: (topic: string) => string,
): Record<string, T> {
  return Object.fromEntries(Object.entries(byTopic).map(([topic, value]) => [rename(topic), value]))
}

function groupByTopic(offsets: readonly TopicPartitionOffset[]): TopicOffsets[] {
  const topics = [...new Set(offsets.map(({ topic }) => topic))]
  return topics.map((topic) => ({ topic, partitions: offsets.filter((one) => one.topic === topic) }))
}
