import type { Metric } from './define-experiment.ts'

const OCCURRED = 'person_id, business_date, occurred_at as at'

/** Events that have a table of their own, far smaller than that of all events; an order counts once and as corrected. */
const OWN_TABLES: Readonly<Record<string, string>> = {
  order_completed: `select person_id, business_date, completed_at as at from warehouse.fact_order where completed_at is not null`,
  order_refunded: `select ${OCCURRED} from warehouse.fact_refund`,
  user_signed_up: `select ${OCCURRED} from warehouse.fact_sign_up`,
  user_logged_in: `select ${OCCURRED} from warehouse.fact_login`,
  subscription_started: `select ${OCCURRED} from warehouse.fact_subscription where change = 'started'`,
  subscription_renewed: `select ${OCCURRED} from warehouse.fact_subscription where change = 'renewed'`,
  subscription_cancelled: `select ${OCCURRED} from warehouse.fact_subscription where change = 'cancelled'`,
  feedback_submitted: `select ${OCCURRED} from warehouse.fact_feedback`,
  error_occurred: `select ${OCCURRED} from warehouse.fact_error`,
}

const ANY_EVENT = `select ${OCCURRED} from warehouse.fact_event where event = $7 and excluded_reason is null`
const ORDERS = `select person_id, business_date, completed_at as at, currency as label, amount_minor::numeric as value
  from warehouse.fact_order where completed_at is not null and ($7::text is null or currency = $7)`

/** Rows (person_id, business_date, at, label, value) that a metric adds up, and what stands for $7 in them. */
export function metricFacts(metric: Metric): { readonly sql: string; readonly value?: string | null } {
  if (metric.kind === 'revenue') return { sql: ORDERS, value: metric.currency ?? null }
  const own = Object.hasOwn(OWN_TABLES, metric.event) ? OWN_TABLES[metric.event] : undefined
  const sql = `select person_id, business_date, at, '' as label, 1::numeric as value from (${own ?? ANY_EVENT}) as facts`
  return own === undefined ? { sql, value: metric.event } : { sql }
}
