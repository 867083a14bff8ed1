import { currencyExponent } from './currencies.ts'
import { toMinorUnits } from './minor-units.ts'
import type { Problem } from './problem.ts'

type Properties = Readonly<Record<string, unknown>>

/** Canonical field: the names that Segment's clients give it, the first present one counts. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  orderId: ['order_id'],
  refundId: ['refund_id'],
  subscriptionId: ['subscription_id'],
  boxId: ['box_id'],
  sku: ['product_id'],
  experimentId: ['experiment_id', 'experiment_name'],
  variantId: ['variant_id', 'variation_id', 'variation_name'],
}
const NUMBERS: ReadonlySet<string> = new Set(['quantity', 'results', 'score', 'value'])
const PRODUCT_EVENTS: ReadonlySet<string> = new Set(['product_viewed', 'product_added'])
const ORDER_AMOUNTS = ['revenue', 'total', 'value']
const DECIMAL_EXPECTED = 'expected a decimal amount of money, as 12.99'

/**
 * Properties of one of Segment's events under their canonical names; canonical ones that are there stay.
 * Judging them is left to the event's contract.
 */
export function fromSegment(event: string, sent: Properties, messageId: string): Properties {
  const properties = renamed(sent)
  if (PRODUCT_EVENTS.has(event)) return pricedProduct(properties)
  if (event === 'order_refunded')
    return { ...pricedOrder(properties), refundId: properties.refundId ?? messageId }
  if (event === 'order_placed' || event === 'order_completed') return pricedOrder(properties)
  if (event === 'feedback_submitted') return review(properties)
  return properties
}

/** The same problem, told with the names that the client used. */
export function inSegmentTerms(problem: Problem, sent: Properties): Problem {
  const [root, ...path] = problem.path.split('.')
  if (root !== 'properties') return problem
  const inLine = path[0] === 'lines' && !Object.hasOwn(sent, 'lines')
  const named = path.map((field) =>
    field === 'lines' && inLine ? 'products' : segmentField(field, sent, inLine),
  )
  const money = path.at(-1) === 'amountMinor' && named.at(-1) !== 'amountMinor'
  return { ...problem, path: [root, ...named].join('.'), detail: money ? DECIMAL_EXPECTED : problem.detail }
}

function segmentField(field: string, sent: Properties, inLine: boolean): string {
  if (!inLine && Object.hasOwn(sent, field)) return field
  if (field === 'amountMinor')
    return inLine ? 'price' : (present(sent, [...ORDER_AMOUNTS, 'price']) ?? 'revenue')
  if (field === 'score') return 'rating'
  const names = NAMES[field]
  return names ? (present(sent, names) ?? names[0] ?? field) : field
}

function renamed(sent: Properties): Record<string, unknown> {
  const properties: Record<string, unknown> = { ...sent }
  for (const [field, names] of Object.entries(NAMES)) {
    const name = Object.hasOwn(sent, field) ? field : present(sent, names)
    if (name) properties[field] = asText(sent[name])
  }
  for (const field of NUMBERS) properties[field] = asNumber(sent[field])
  return properties
}

function pricedProduct(properties: Record<string, unknown>): Properties {
  if (properties.amountMinor !== undefined) return properties
  const exponent = exponentOf(properties.currency)
  // A price without a currency says nothing; what was looked at still counts.
  if (exponent === undefined || properties.price === undefined) return properties
  return { ...properties, amountMinor: minorOrSent(properties.price, exponent) }
}

function pricedOrder(properties: Record<string, unknown>): Properties {
  const exponent = exponentOf(properties.currency)
  const name = present(properties, ORDER_AMOUNTS)
  const priced = { ...properties }
  if (priced.amountMinor === undefined && name !== undefined) {
    // Without a currency there is no amount; with 0 in its place the contract names the currency, which is what is wrong.
    priced.amountMinor = exponent === undefined ? 0 : minorOrSent(properties[name], exponent)
  }
  if (priced.lines === undefined && Array.isArray(properties.products)) {
    priced.lines = properties.products.map((product) => orderLine(product, exponent ?? 0))
  }
  return priced
}

function orderLine(product: unknown, exponent: number): unknown {
  if (typeof product !== 'object' || product === null) return product
  const line = renamed(product as Properties)
  const quantity = line.quantity ?? 1
  if (line.amountMinor !== undefined) return { ...line, quantity }
  const price = line.price ?? 0
  return { ...line, quantity, amountMinor: toMinorUnits(price, exponent, Number(quantity)) ?? price }
}

function review(properties: Record<string, unknown>): Properties {
  const score = properties.score ?? asNumber(properties.rating)
  return {
    ...properties,
    kind: properties.kind ?? 'review',
    score,
    comment: properties.comment ?? properties.review_body,
  }
}

// What is no decimal goes on as it was sent: no contract takes it, so the problem is named there.
function minorOrSent(decimal: unknown, exponent: number): unknown {
  const minor = toMinorUnits(decimal, exponent)
  return minor === undefined ? String(decimal) : minor
}

function exponentOf(currency: unknown): number | undefined {
  return typeof currency === 'string' ? currencyExponent(currency.toUpperCase()) : undefined
}

function present(properties: Properties, names: readonly string[]): string | undefined {
  return names.find((name) => Object.hasOwn(properties, name) && properties[name] != null)
}

function asText(value: unknown): unknown {
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : value
}

function asNumber(value: unknown): unknown {
  return typeof value === 'string' && /^[+-]?\d{1,15}(\.\d{1,10})?$/.test(value) ? Number(value) : value
}
