import { topFields } from './contract-fields.ts'
import { currencyExponent } from './currencies.ts'
import type { EventContract } from './event-contract.ts'
import { toMinorUnits } from './minor-units.ts'
import { OrderLine } from './order-line.ts'
import type { Problem } from './problem.ts'

type Properties = Readonly<Record<string, unknown>>
type Mapped = Record<string, unknown>

/** Canonical field: the names that Segment's clients give it; the first one that is there counts. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  orderId: ['order_id'],
  refundId: ['refund_id'],
  subscriptionId: ['subscription_id'],
  boxId: ['box_id'],
  sku: ['product_id'],
  experimentId: ['experiment_id', 'experiment_name'],
  variantId: ['variant_id', 'variation_id', 'variation_name'],
  score: ['rating'],
  comment: ['review_body'],
}
const IDS: ReadonlySet<string> = new Set([
  'orderId',
  'refundId',
  'subscriptionId',
  'boxId',
  'sku',
  'experimentId',
  'variantId',
])
const NUMBERS: ReadonlySet<string> = new Set(['quantity', 'results', 'score', 'value'])
const ORDER_AMOUNTS = ['revenue', 'total', 'value']
const PRICE = ['price']
const DECIMAL_EXPECTED = 'expected a decimal amount of money, as 12.99'
const LINE_FIELDS = topFields(OrderLine)

/**
 * Properties of one of Segment's events under their canonical names; canonical ones that are there go first.
 * Judging them is left to the event's contract.
 */
export function fromSegment(contract: EventContract, sent: Properties, messageId: string): Properties {
  const mapped = renamed(sent, topFields(contract.schema))
  switch (contract.name) {
    case 'product_viewed':
    case 'product_added':
      return withPrice(mapped, sent)
    case 'order_placed':
    case 'order_completed':
    case 'subscription_started':
    case 'subscription_renewed':
      return withAmounts(mapped, sent)
    case 'order_refunded':
      // Segment has no id of a refund: one message, one refund.
      mapped.refundId ??= messageId
      return withAmounts(mapped, sent)
    case 'feedback_submitted':
      mapped.kind ??= 'review'
      return mapped
    default:
      return mapped
  }
}

/** The same problem, told with the names that the client used. */
export function inSegmentTerms(problem: Problem, sent: Properties): Problem {
  const [root, ...path] = problem.path.split('.')
  if (root !== 'properties') return problem
  const inProduct = path[0] === 'lines' && sent.lines === undefined
  const named = path.map((field) => (inProduct ? productField(field) : segmentField(field, sent)))
  const isDecimal = path.at(-1) === 'amountMinor' && named.at(-1) !== 'amountMinor'
  return {
    ...problem,
    path: [root, ...named].join('.'),
    detail: isDecimal ? DECIMAL_EXPECTED : problem.detail,
  }
}

function productField(field: string): string {
  if (field === 'lines') return 'products'
  return field === 'amountMinor' ? 'price' : (NAMES[field]?.[0] ?? field)
}

function segmentField(field: string, sent: Properties): string {
  if (sent[field] !== undefined) return field
  const names = field === 'amountMinor' ? [...ORDER_AMOUNTS, ...PRICE] : (NAMES[field] ?? [])
  return names.find((name) => sent[name] !== undefined) ?? names[0] ?? field
}

function renamed(sent: Properties, fields: readonly string[]): Mapped {
  const mapped: Mapped = {}
  for (const field of fields) {
    const value = sent[field] ?? firstOf(sent, NAMES[field])
    if (value === undefined || value === null) continue
    if (typeof value === 'number' && IDS.has(field)) mapped[field] = String(value)
    else if (typeof value === 'string' && NUMBERS.has(field)) mapped[field] = asNumber(value)
    else mapped[field] = value
  }
  return mapped
}

function firstOf(sent: Properties, names: readonly string[] | undefined): unknown {
  if (!names) return undefined
  for (const name of names) if (sent[name] !== undefined && sent[name] !== null) return sent[name]
  return undefined
}

function withPrice(mapped: Mapped, sent: Properties): Properties {
  const exponent = exponentOf(mapped.currency)
  const price = firstOf(sent, PRICE)
  // A price without a currency says nothing; that the product was looked at still counts.
  if (mapped.amountMinor === undefined && price !== undefined && exponent !== undefined) {
    mapped.amountMinor = minorOrText(price, exponent)
  }
  return mapped
}

function withAmounts(mapped: Mapped, sent: Properties): Properties {
  const exponent = exponentOf(mapped.currency)
  const amount = firstOf(sent, ORDER_AMOUNTS)
  if (mapped.amountMinor === undefined && amount !== undefined) {
    // Without a currency there is no amount: 0 lets the contract name the currency, which is what is wrong.
    mapped.amountMinor = exponent === undefined ? 0 : minorOrText(amount, exponent)
  }
  if (mapped.lines === undefined && Array.isArray(sent.products)) {
    mapped.lines = sent.products.map((product) => toLine(product, exponent ?? 0))
  }
  return mapped
}

function toLine(product: unknown, exponent: number): unknown {
  if (typeof product !== 'object' || product === null) return product
  const line = renamed(product as Properties, LINE_FIELDS)
  line.quantity ??= 1
  const price = firstOf(product as Properties, PRICE) ?? 0
  line.amountMinor ??= minorOrText(price, exponent, line.quantity)
  return line
}

// What is no decimal goes on as what no contract takes, so that the problem is named there.
function minorOrText(decimal: unknown, exponent: number, times: unknown = 1): unknown {
  const minor = typeof times === 'number' ? toMinorUnits(decimal, exponent, times) : undefined
  return minor ?? (typeof decimal === 'number' ? String(decimal) : decimal)
}

function exponentOf(currency: unknown): number | undefined {
  return typeof currency === 'string' ? currencyExponent(currency.toUpperCase()) : undefined
}

function asNumber(text: string): unknown {
  return /^[+-]?\d{1,15}(\.\d{1,10})?$/.test(text) ? Number(text) : text
}
