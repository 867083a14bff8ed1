/** A record to publish. Records of one key keep their order, in one partition. */
export interface LogRecord {
  readonly key: string
  readonly value: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface StoredRecord extends LogRecord {
  readonly offset: number
}

export interface TopicRecords {
  readonly topic: string
  readonly records: readonly LogRecord[]
}

/** Records of one partition, never empty, offsets rising without gaps. */
export interface LogBatch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly StoredRecord[]
}

/** The log confirmed that the group had handled everything this partition held at `checkedAt`. */
export interface PartitionEnd {
  readonly topic: string
  readonly partition: number
  /** The offset that the next published record will get. */
  readonly nextOffset: number
  readonly checkedAt: Date
}

export interface ConsumeOptions {
  readonly topics: readonly string[]
  readonly group: string
  /** At most this many records a batch. */
  readonly maxRecords?: number
  /** Wait until a partition holds this many records, but no longer than maxWaitMs after the first of them came. */
  readonly minRecords?: number
  readonly maxWaitMs?: number
  /** Returning is the commit; a rejection means that the same batch comes again, after a pause. */
  handle(batch: LogBatch): Promise<void>
  endReached?(end: PartitionEnd): Promise<void>
}

export interface Consumer {
  /** Resolves when the handlers under way have returned; their batches are committed. */
  close(): Promise<void>
}

export interface TopicSettings {
  readonly topic: string
  readonly partitions: number
  readonly retentionHours: number
}

/** What a partition holds: offsets from firstOffset up to, not including, nextOffset. */
export interface PartitionRange {
  readonly partition: number
  readonly firstOffset: number
  readonly nextOffset: number
}

export interface GroupPosition {
  readonly partition: number
  readonly nextOffset: number
}

/**
 * The durable log. Adapters: Postgres tables (`./postgres.ts`); Kafka is to follow. All pass `test/adapters`.
 * Weather throws Fault `log_unavailable`.
 */
export interface EventLog {
  /** Makes the topics that do not exist; leaves the others as they are. */
  ensureTopics(topics: readonly TopicSettings[]): Promise<void>
  /** Resolves when all records are durable. On a rejection some may be in the log: publish again, readers dedupe. */
  publish(batches: readonly TopicRecords[]): Promise<void>
  /** Delivers at least once, each partition in order to one consumer of the group at a time. */
  consume(options: ConsumeOptions): Promise<Consumer>
  ranges(topic: string): Promise<readonly PartitionRange[]>
  positions(topic: string, group: string): Promise<readonly GroupPosition[]>
  /** Stops consumers, waits for publishes under way. */
  close(): Promise<void>
}
