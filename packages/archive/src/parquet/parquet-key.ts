/** The events of a day that one partition of the log brought. */
export interface ParquetDay {
  readonly topic: string
  readonly partition: number
  /** yyyy-mm-dd in the business time zone. */
  readonly businessDate: string
}

/** Days are folders that DuckDB, Spark and Athena know as the column business_date. */
export function parquetKey({ topic, partition, businessDate }: ParquetDay): string {
  return `parquet/events/business_date=${businessDate}/part-${logPartition(topic, partition)}.parquet`
}

/** Where it is noted how far a partition is in Parquet. */
export function parquetPositionKey(topic: string, partition: number): string {
  return `parquet/position/${logPartition(topic, partition)}.json`
}

function logPartition(topic: string, partition: number): string {
  return `${topic}-p${String(partition).padStart(4, '0')}`
}
