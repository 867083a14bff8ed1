import type { Finding } from '@millrace/contracts/finding'
import type { EventFacts } from '../facts/event-facts.ts'

/** A record of the log whose event has facts. */
export interface FactRecord {
  readonly offset: number
  readonly contentHash: string
  readonly facts: EventFacts
  /** What personal data the event carried; absent when none. */
  readonly findings?: readonly Finding[] | undefined
  /** The record's value, for the quarantine. */
  readonly value: string
}

/** An event whose facts cannot be written. */
export interface DeadRecord {
  readonly offset: number
  readonly code: string
  readonly path: string
  readonly detail: string
  /** The record's value as it stood in the log. */
  readonly value: string
}

/** The records of one partition, contiguous, each with its fate so far. */
export interface FactBatch {
  readonly topic: string
  readonly partition: number
  readonly firstOffset: number
  readonly lastOffset: number
  readonly facts: readonly FactRecord[]
  readonly ignored: number
  readonly dead: readonly DeadRecord[]
  /** Rejected by the API already (topic quarantine.v1), to be stored as they are. */
  readonly rejected: readonly { readonly offset: number; readonly value: string }[]
  /** Everything received before it is loaded once this batch is. */
  readonly receivedAt: string
}
