import type { PoolClient } from 'pg'
import type { AppendRow, AppendTable, EventFacts, EventRow } from '../facts/event-facts.ts'
import { type CopyValue, copyRows } from './copy-rows.ts'

const EVENT_COLUMNS = [
  'event_id',
  'business_date',
  'occurred_at',
  'received_at',
  'original_timestamp',
  'sent_at',
  'time_source',
  'source',
  'key_kind',
  'event',
  'person_id',
  'anonymous_id',
  'session_id',
  'country',
  'device_key',
  'excluded_reason',
  'properties',
  'context',
]

const BASE_COLUMNS = ['event_id', 'business_date', 'occurred_at', 'source', 'person_id', 'country']

/** Columns of the tables that a row is only ever added to, beside the base columns; rows come from facts/own-facts.ts. */
const OWN_COLUMNS: { readonly [Table in AppendTable]: readonly string[] } = {
  fact_sign_up: ['channel', 'plan', 'method'],
  fact_login: ['method'],
  fact_feedback: ['kind', 'score', 'comment', 'order_id', 'box_id'],
  fact_error: ['code', 'message', 'severity'],
  fact_exposure: ['experiment_id', 'variant_id'],
  fact_web_vital: ['name', 'value', 'rating'],
  fact_subscription: [
    'subscription_id',
    'change',
    'plan',
    'amount_minor',
    'currency',
    'billing_interval',
    'reason',
  ],
}

const APPEND_TABLES = Object.keys(OWN_COLUMNS) as AppendTable[]

/** fact_event, and the facts that are a row an event. */
export async function appendFacts(tx: PoolClient, facts: readonly EventFacts[]): Promise<void> {
  await copyRows(
    tx,
    'fact_event',
    EVENT_COLUMNS,
    facts.map(({ event }) => eventValues(event)),
  )
  for (const table of APPEND_TABLES) {
    const rows = facts.flatMap(({ append }): AppendRow[] => (append?.table === table ? [append.row] : []))
    await copyRows(tx, table, [...BASE_COLUMNS, ...OWN_COLUMNS[table]], rows)
  }
}

function eventValues(event: EventRow): CopyValue[] {
  return [
    event.eventId,
    event.businessDate,
    event.occurredAt,
    event.receivedAt,
    event.originalTimestamp,
    event.sentAt,
    event.timeSource,
    event.source,
    event.keyKind,
    event.event,
    event.personId,
    event.anonymousId,
    event.sessionId,
    event.country,
    event.device?.key ?? null,
    event.excludedReason,
    event.properties,
    event.context,
  ]
}

/** Months (yyyy-mm-01) that fact_event needs a partition for. */
export function monthsOf(facts: readonly EventFacts[]): string[] {
  return [...new Set(facts.map(({ event }) => `${event.businessDate.slice(0, 7)}-01`))]
}
