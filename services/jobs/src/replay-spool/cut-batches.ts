import type { LogRecord, TopicRecords } from '@millrace/event-log/event-log'

/** As large as what the API publishes at once. */
const MOST_UNITS = 1024 * 1024
const MOST_RECORDS = 2_000

/** Publishes of a size that every log takes, in order. */
export function* cutBatches(batches: readonly TopicRecords[]): Iterable<TopicRecords> {
  for (const { topic, records } of batches) {
    let cut: LogRecord[] = []
    let units = 0
    for (const record of records) {
      if (cut.length > 0 && (cut.length >= MOST_RECORDS || units + record.value.length > MOST_UNITS)) {
        yield { topic, records: cut }
        cut = []
        units = 0
      }
      cut.push(record)
      units += record.value.length
    }
    if (cut.length > 0) yield { topic, records: cut }
  }
}
