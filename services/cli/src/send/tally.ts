import type { RejectionCode } from '@millrace/contracts/rejection'
import type { Receipt } from './post-batch.ts'
import type { ReadRow } from './read-rows.ts'

export interface RejectionGroup {
  readonly code: RejectionCode
  /** Positions in lists are `*`: `properties.lines.*.quantity`. */
  readonly path: string
  readonly count: number
  readonly examples: readonly { readonly messageId: string | null; readonly detail: string }[]
}

/** What a sending came to. How many events the API had before is not known to the sender. */
export interface SendSummary {
  /** Rows read, with those that could not be. */
  readonly rows: number
  readonly unreadable: number
  readonly unreadableExamples: readonly { readonly row: number; readonly reason: string }[]
  /** Made by the mapping. */
  readonly events: number
  readonly accepted: number
  readonly suppressed: number
  readonly rejected: number
  readonly rejections: readonly RejectionGroup[]
  readonly retries: number
  readonly seconds: number
  /** Answered by the API, of all the time with reading and mapping. */
  readonly eventsPerSecond: number
  /** Why it ended before the end of the file. */
  readonly stopped?: string
}

const EXAMPLES = 3

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export interface Tally {
  readonly counts: Readonly<Record<'rows' | 'events' | 'accepted' | 'rejected', number>>
  row(row: ReadRow): void
  event(): void
  receipt(receipt: Receipt): void
  retry(): void
  summary(seconds: number, stopped?: string): SendSummary
}

export function createTally(): Tally {
  const counts = { rows: 0, unreadable: 0, events: 0, accepted: 0, suppressed: 0, rejected: 0, retries: 0 }
  const unreadableExamples: { row: number; reason: string }[] = []
  const groups = new Map<string, Mutable<RejectionGroup>>()
  return {
    counts,
    row(row) {
      counts.rows += 1
      if (row.kind === 'row') return
      counts.unreadable += 1
      if (unreadableExamples.length < EXAMPLES)
        unreadableExamples.push({ row: row.number, reason: row.reason })
    },
    event() {
      counts.events += 1
    },
    receipt({ accepted, suppressed, rejected }) {
      counts.accepted += accepted
      counts.suppressed += suppressed ?? 0
      counts.rejected += rejected.length
      for (const rejection of rejected) addTo(groups, rejection)
    },
    retry() {
      counts.retries += 1
    },
    summary: (seconds, stopped) => ({
      ...counts,
      unreadableExamples,
      rejections: [...groups.values()].sort((one, other) => other.count - one.count),
      seconds: Math.round(seconds * 1000) / 1000,
      eventsPerSecond: seconds > 0 ? Math.round(answered(counts) / seconds) : 0,
      ...(stopped === undefined ? {} : { stopped }),
    }),
  }
}

function answered(counts: { accepted: number; suppressed: number; rejected: number }): number {
  return counts.accepted + counts.suppressed + counts.rejected
}

function addTo(groups: Map<string, Mutable<RejectionGroup>>, rejection: Receipt['rejected'][number]): void {
  const { code, messageId, detail } = rejection
  const path = rejection.path.replaceAll(/\.\d+(?=\.|$)/g, '.*')
  const group = groups.get(`${code} ${path}`) ?? { code, path, count: 0, examples: [] }
  groups.set(`${code} ${path}`, group)
  group.count += 1
  if (group.examples.length < EXAMPLES) group.examples = [...group.examples, { messageId, detail }]
}
