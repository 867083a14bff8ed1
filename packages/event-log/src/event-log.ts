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

/**
 * The log confirmed that the group had handled everything this partition held at `checkedAt`, the time just before it
 * was asked. A publish under way then is not part of it.
 */
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
  /** At most this many records a batch; 1,000 unless given. */
  readonly maxRecords?: number
  /** About this many bytes a batch at most, but always one record; 16 MiB unless given. */
  readonly maxBytes?: number
  /** Wait until a partition holds this many records, but no longer than maxWaitMs after the first of them came. */
  readonly minRecords?: number
  /** 1,000 unless given. */
  readonly maxWaitMs?: number
  /** How many partitions are handled at the same time; 4 unless given. */
  readonly concurrency?: number
  /**
   * Returning is the commit; a rejection means that the same batch comes again, after a pause of 100 ms to 5 s, while
   * the other partitions go on. Another consumer may be given the batch, or a longer one from the same offset, when the
   * log lost this one: what a handler stores must bear a repetition, also one at the same time.
   */
  handle(batch: LogBatch): Promise<void>
  /**
   * Called right after a drain and about once a second while a partition stays at its end, never while one of its
   * batches is handled. A rejection is reported and changes nothing.
   */
  endReached?(end: PartitionEnd): Promise<void>
}

export interface Consumer {
  /** Starts nothing new; resolves when the handlers under way have returned and their batches are committed. */
  close(): Promise<void>
}

export interface TopicSettings {
  /** 1 to 200 of letters, digits, `.`, `_` and `-`. */
  readonly topic: string
  /** Never changes: growth is a new topic. */
  readonly partitions: number
  /**
   * How long records are kept at least. In Postgres those that a known group has not read stay longer; Kafka deletes them,
   * and the group goes on at the first kept one.
   */
  readonly retentionHours: number
}

/** What a partition holds: offsets from firstOffset up to, not including, nextOffset. */
export interface PartitionRange {
  readonly partition: number
  readonly firstOffset: number
  readonly nextOffset: number
}

/** A part of a topic's partition. */
export interface LogRange extends PartitionRange {
  readonly topic: string
}

/** Told the records of a part in order, some at a time. */
export type ReadHandler = (range: LogRange, records: readonly StoredRecord[]) => void

export interface GroupPosition {
  readonly partition: number
  readonly nextOffset: number
}

/**
 * The durable log. Adapters: Kafka (`./kafka.ts`) and Postgres tables (`./postgres.ts`). All pass `test/adapters`.
 * Weather throws Fault `log_unavailable`.
 */
export interface EventLog {
  /**
   * Which log this is: the same text for every client of it, another one for another log, 1 to 100 of letters, digits,
   * `.`, `_` and `-`. Offsets mean something only together with it.
   */
  identity(): Promise<string>
  /** Makes the topics that do not exist; leaves the others as they are. */
  ensureTopics(topics: readonly TopicSettings[]): Promise<void>
  /** Resolves when all records are durable. On a rejection some may be in the log: publish again, readers dedupe. */
  publish(batches: readonly TopicRecords[]): Promise<void>
  /**
   * Delivers at least once, each partition in order to one consumer of the group at a time; consumers of a group, in
   * any number of processes, share the partitions. A new group begins at the first kept record. Topics may be made
   * later. While the log is away the consumer keeps trying.
   */
  consume(options: ConsumeOptions): Promise<Consumer>
  /**
   * Reads parts that do not overlap without a group, so that nobody's position moves and nothing is kept for the reader:
   * of each part what is still kept, up to its end or that of the partition, in order.
   */
  read(ranges: readonly LogRange[], handle: ReadHandler): Promise<void>
  /** By partition; empty for a topic that does not exist. */
  ranges(topic: string): Promise<readonly PartitionRange[]>
  /** Where the group goes on, by partition; empty before its first consumer. */
  positions(topic: string, group: string): Promise<readonly GroupPosition[]>
  /**
   * How long a record stays at most once all known groups have read it, in milliseconds; undefined when nothing says so.
   */
  keptFor(topic: string): Promise<number | undefined>
  /** Stops consumers, waits for publishes under way. */
  close(): Promise<void>
}
