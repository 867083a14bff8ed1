import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import type { LogBatch, StoredRecord } from '@millrace/event-log/event-log'
import { isInstant } from '@millrace/warehouse/is-instant'
import { type BusinessDate, toFacts } from '@millrace/warehouse/to-facts'
import type { DeadRecord, FactBatch, FactRecord } from '@millrace/warehouse/write/fact-batch'
import { readFindings } from '@millrace/warehouse/write/inventoried'

/** What one record of the log turns out to be. */
type Fate =
  | { readonly kind: 'facts'; readonly record: FactRecord; readonly receivedAt: string }
  | { readonly kind: 'ignored'; readonly receivedAt: string }
  | { readonly kind: 'dead'; readonly record: DeadRecord }

/** Gives each record of a batch its fate. Records of quarantine.v1 are kept as they are. */
export function mapBatch(batch: LogBatch, businessDate: BusinessDate): FactBatch {
  const { topic, partition, records } = batch
  const range = {
    topic,
    partition,
    firstOffset: offsetOf(records.at(0)),
    lastOffset: offsetOf(records.at(-1)),
  }
  if (topic === QUARANTINE_TOPIC) {
    const rejected = records.map(({ offset, value }) => ({ offset, value }))
    return { ...range, facts: [], ignored: 0, dead: [], rejected, receivedAt: '-infinity' }
  }
  const fates = records.map((record) => fateOf(record, businessDate))
  return {
    ...range,
    facts: fates.flatMap((fate) => (fate.kind === 'facts' ? [fate.record] : [])),
    ignored: fates.filter(({ kind }) => kind === 'ignored').length,
    dead: fates.flatMap((fate) => (fate.kind === 'dead' ? [fate.record] : [])),
    rejected: [],
    receivedAt: fates.findLast((fate) => fate.kind !== 'dead')?.receivedAt ?? '-infinity',
  }
}

function offsetOf(record: StoredRecord | undefined): number {
  if (!record) throw new Error('A batch of the log is never empty')
  return record.offset
}

function fateOf({ offset, value }: StoredRecord, businessDate: BusinessDate): Fate {
  try {
    const event = JSON.parse(value) as StampedEvent
    const { contentHash, receivedAt, findings } = event
    // The position takes it too, and would refuse it for as long as the record comes.
    if (!isInstant(receivedAt)) return dead(offset, value)
    const mapped = toFacts(event, businessDate)
    if (mapped.kind === 'ignored') return { kind: 'ignored', receivedAt }
    const record = { offset, value, contentHash, facts: mapped.facts, findings: readFindings(findings) }
    return { kind: 'facts', record, receivedAt }
  } catch {
    return dead(offset, value)
  }
}

function dead(offset: number, value: string): Fate {
  const detail = 'the record is not an event of events.v1'
  return { kind: 'dead', record: { offset, value, code: 'schema_invalid', path: '', detail } }
}
