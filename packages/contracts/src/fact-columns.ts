/** Postgres types of the fact columns that a KPI may be made from. */
export type ColumnType = 'text' | 'uuid' | 'date' | 'timestamptz' | 'bigint' | 'double precision'

/**
 * The fact tables as KPIs see them. A test compares this with the migrated database, so that a KPI that names a
 * missing column is a compile error here and never an SQL error there.
 */
export const factColumns = {
  fact_event: {
    event_id: 'uuid',
    business_date: 'date',
    occurred_at: 'timestamptz',
    source: 'text',
    event: 'text',
    person_id: 'uuid',
    country: 'text',
    device_key: 'text',
    excluded_reason: 'text',
  },
  fact_person_day: { person_id: 'uuid', business_date: 'date' },
  fact_session: {
    source: 'text',
    kind: 'text',
    started_at: 'timestamptz',
    ended_at: 'timestamptz',
    business_date: 'date',
    events: 'bigint',
    duration_seconds: 'double precision',
  },
  fact_sign_up: {
    business_date: 'date',
    occurred_at: 'timestamptz',
    source: 'text',
    person_id: 'uuid',
    country: 'text',
    channel: 'text',
    plan: 'text',
    method: 'text',
  },
  fact_login: {
    business_date: 'date',
    occurred_at: 'timestamptz',
    source: 'text',
    person_id: 'uuid',
    country: 'text',
    method: 'text',
  },
  fact_order: {
    source: 'text',
    order_id: 'text',
    placed_at: 'timestamptz',
    completed_at: 'timestamptz',
    business_date: 'date',
    amount_minor: 'bigint',
    currency: 'text',
    coupon: 'text',
    country: 'text',
    fulfilled_at: 'timestamptz',
    fulfilled_date: 'date',
    processing_seconds: 'double precision',
  },
  fact_refund: {
    source: 'text',
    refund_id: 'text',
    business_date: 'date',
    occurred_at: 'timestamptz',
    amount_minor: 'bigint',
    currency: 'text',
    reason: 'text',
    country: 'text',
  },
  fact_subscription: {
    business_date: 'date',
    occurred_at: 'timestamptz',
    source: 'text',
    change: 'text',
    plan: 'text',
    amount_minor: 'bigint',
    currency: 'text',
    country: 'text',
  },
  fact_box: {
    source: 'text',
    box_id: 'text',
    cycle: 'text',
    created_at: 'timestamptz',
    packed_at: 'timestamptz',
    packed_date: 'date',
    shipped_at: 'timestamptz',
    delivered_at: 'timestamptz',
    carrier: 'text',
    country: 'text',
    items_ordered: 'bigint',
    items_packed: 'bigint',
    stage: 'text',
  },
  fact_feedback: {
    business_date: 'date',
    occurred_at: 'timestamptz',
    source: 'text',
    country: 'text',
    kind: 'text',
    score: 'double precision',
  },
  fact_error: {
    business_date: 'date',
    occurred_at: 'timestamptz',
    source: 'text',
    country: 'text',
    code: 'text',
    severity: 'text',
  },
  fact_exposure: {
    business_date: 'date',
    occurred_at: 'timestamptz',
    source: 'text',
    country: 'text',
    experiment_id: 'text',
    variant_id: 'text',
  },
  fact_web_vital: {
    business_date: 'date',
    occurred_at: 'timestamptz',
    source: 'text',
    country: 'text',
    name: 'text',
    value: 'double precision',
    rating: 'text',
  },
} as const satisfies Record<string, Record<string, ColumnType>>

export type FactTable = keyof typeof factColumns

/** Columns of a fact table, of one type when it is given. */
export type FactColumn<T extends FactTable, Type extends ColumnType = ColumnType> = {
  [C in keyof (typeof factColumns)[T]]: (typeof factColumns)[T][C] extends Type ? C & string : never
}[keyof (typeof factColumns)[T]]
