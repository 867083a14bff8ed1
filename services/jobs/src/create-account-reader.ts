import type { Archive } from '@millrace/archive/archive'
import type { EventLog, PartitionRange } from '@millrace/event-log/event-log'
import {
  isBroken,
  joinEntries,
  joinRanges,
  type OffsetRange,
  type Outcomes,
  type PartitionAccount,
  type PartitionEvidence,
  reconcile,
} from '@millrace/warehouse/reconcile'
import type { Pool } from 'pg'
import { readEvidence } from './reconcile/read-evidence.ts'

export interface AccountReaderDeps {
  readonly log: Pick<EventLog, 'ranges' | 'positions'>
  readonly archive: Archive
  readonly pool: Pool
}

/** What a topic's partitions held at a moment. */
export interface TopicEnds {
  readonly topic: string
  readonly ranges: readonly PartitionRange[]
}

/** What was seen of a partition before, neighbours joined: gaps stay visible. */
export interface SeenPartition {
  readonly partition: number
  readonly archived: readonly OffsetRange[]
  readonly ledger: readonly (OffsetRange & Outcomes)[]
}

/** By topic. */
export type Seen = Readonly<Record<string, readonly SeenPartition[]>>

export interface AccountReader {
  /**
   * Accounts for every record up to the given ends. Objects and entries that this reader has seen are not asked for
   * again; of the archive only these received hours are listed first, when they are given. Whenever something seems
   * lost, all keys are listed once more, as if for the first time: a list is no snapshot, retention may have deleted an
   * object and the next one while we came from one to the other, and a spooled event has the hour in which it came.
   */
  read(ends: readonly TopicEnds[], hours?: readonly string[]): Promise<PartitionAccount[]>
  /** To be given to another reader, so that it goes on from here. */
  seen(): Seen
}

export async function readEnds(
  log: Pick<EventLog, 'ranges'>,
  topics: readonly string[],
): Promise<readonly TopicEnds[]> {
  return Promise.all(topics.map(async (topic) => ({ topic, ranges: await log.ranges(topic) })))
}

export function createAccountReader(deps: AccountReaderDeps, seenBefore: Seen = {}): AccountReader {
  let seen = seenBefore
  async function accountFor(ends: readonly TopicEnds[], hours?: readonly string[]) {
    const evidence = await Promise.all(
      ends.map((topicEnds) => readEvidence(deps, topicEnds, seen[topicEnds.topic] ?? [], hours)),
    )
    seen = { ...seen, ...remembered(ends, evidence) }
    return evidence.flat().map(reconcile)
  }
  return {
    async read(ends, hours) {
      const before = seen
      const accounts = await accountFor(ends, hours)
      if (!accounts.some(isBroken)) return accounts
      seen = before
      return accountFor(ends)
    },
    seen: () => seen,
  }
}

function remembered(ends: readonly TopicEnds[], evidence: readonly (readonly PartitionEvidence[])[]): Seen {
  const byTopic = ends.map(({ topic }, index): [string, SeenPartition[]] => [
    topic,
    (evidence[index] ?? []).map(({ partition, archived, ledger }) => ({
      partition,
      archived: joinRanges(archived),
      ledger: joinEntries(ledger),
    })),
  ])
  return Object.fromEntries(byTopic)
}
