import type { ConsumeOptions, Consumer, PartitionRange } from '../event-log.ts'
import { createSignal } from '../signal.ts'
import type { KafkaConnection } from './connection.ts'
import type { KafkaAdmin } from './create-admin.ts'
import { holdPartitions } from './hold-partitions.ts'
import { joinGroup, type Membership } from './join-group.ts'
import { kafkaUnavailable } from './kafka-error.ts'
import { readPositions, readRanges } from './topic-offsets.ts'
import { watchEnds } from './watch-ends.ts'
import type { GroupPlace } from './work-partition.ts'

export interface ConsumerDeps {
  readonly connection: KafkaConnection
  readonly admin: KafkaAdmin
  readonly prefix: string
  readonly sessionTimeoutMs: number
  readonly now: () => Date
  readonly onError: (message: string, error: unknown) => void
}

const REJOIN_MS = { first: 100, longest: 5_000 }
const LOOK_FOR_TOPICS_MS = 1_000
const ENDS_MS = 1_000
/** Without anybody to be told, only to see whether the place is still in the log. */
const UNTOLD_ENDS_MS = 5_000

/** Resolves when the group is joined or the first try has failed; keeps trying until it is closed. */
export async function createConsumer(consume: ConsumeOptions, deps: ConsumerDeps): Promise<Consumer> {
  const { admin, prefix, onError } = deps
  const signal = createSignal()
  let closing = false
  let turn = 0
  let membership: Membership | undefined
  let pauseMs = REJOIN_MS.first
  let tellStarted = (): void => undefined
  const started = new Promise<void>((resolve) => {
    tellStarted = resolve
  })
  const ranges = (topic: string): Promise<readonly PartitionRange[]> => readRanges(admin, `${prefix}${topic}`)
  const partitions = holdPartitions({
    consume,
    onError,
    readPlaces: (topic) => readPlaces(admin, `${prefix}${topic}`, `${prefix}${consume.group}`),
    askEnd: (topic) => ends.ask(topic),
    onStuck(what) {
      onError(`group ${consume.group} gets nothing of ${what} although there is more, joins again`, undefined)
      void membership?.leave()
    },
  })
  const ends = watchEnds({
    topics: consume.topics,
    everyMs: consume.endReached ? ENDS_MS : UNTOLD_ENDS_MS,
    now: deps.now,
    partitions,
    readRanges: ranges,
    onError,
  })

  async function run(): Promise<void> {
    while (!closing) {
      try {
        const topics = await findTopics()
        if (topics.length > 0) await beMember(topics)
        else await waitForTopics()
      } catch (cause) {
        onError(
          `group ${consume.group} tries again in ${pauseMs} ms`,
          kafkaUnavailable('Cannot consume', cause),
        )
        tellStarted()
        if (!closing) await signal.wait(pauseMs)
        pauseMs = Math.min(pauseMs * 2, REJOIN_MS.longest)
      }
    }
  }

  async function findTopics(): Promise<readonly string[]> {
    const existing = new Set(await admin.ask((kafka) => kafka.listTopics()))
    return consume.topics.filter((topic) => existing.has(`${prefix}${topic}`))
  }

  async function waitForTopics(): Promise<void> {
    tellStarted()
    await signal.wait(LOOK_FOR_TOPICS_MS)
  }

  /** Until it is closed, or another topic was made: kafkajs cannot add one while it runs. */
  async function beMember(topics: readonly string[]): Promise<void> {
    const current = await joinGroup({
      ...{ connection: deps.connection, prefix, group: consume.group, topics, partitions },
      sessionTimeoutMs: deps.sessionTimeoutMs,
      turn: turn++,
      onJoined() {
        pauseMs = REJOIN_MS.first
        tellStarted()
      },
    })
    membership = current
    const watch = topics.length < consume.topics.length ? watchForTopics(topics.length, current) : undefined
    if (closing) await current.leave()
    try {
      await current.over
    } finally {
      clearInterval(watch)
      membership = undefined
    }
  }

  function watchForTopics(known: number, current: Membership): NodeJS.Timeout {
    return setInterval(async () => {
      const found = await findTopics().catch(() => [])
      if (found.length > known) await current.leave()
    }, LOOK_FOR_TOPICS_MS)
  }

  const running = run()
  await started
  return {
    async close() {
      closing = true
      await Promise.all([partitions.close(), ends.close()])
      signal.wake()
      await membership?.leave()
      await running
    },
  }
}

async function readPlaces(
  admin: KafkaAdmin,
  topic: string,
  group: string,
): Promise<ReadonlyMap<number, GroupPlace>> {
  const ranges = await readRanges(admin, topic)
  const positions = await readPositions(admin, topic, group)
  const committed = new Map(positions.map(({ partition, nextOffset }) => [partition, nextOffset]))
  return new Map(
    ranges.map((range) => [range.partition, { ...range, committed: committed.get(range.partition) }]),
  )
}
