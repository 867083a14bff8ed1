/**
 * Invoice lines of a web shop (UCI Online Retail, CC0) as events, one an invoice:
 *
 *     npx millrace send online_retail.csv.gz --map docs/examples/online-retail.ts
 *
 * A sale above 0 is an order_completed with its lines, a cancellation (C…) an order_refunded, a sale of amount 0 a
 * correction of the stock, A… a correction of bad debt; the last two are custom events. A customer signs up, as far as
 * this file knows, with the first sale above 0. Needs a secret key that may send old timestamps.
 */
import type { ClientEvent, Mapping } from '@millrace/cli/send/mapping'

interface InvoiceLine {
  readonly InvoiceNo: string
  readonly StockCode: string
  readonly Description: string
  readonly Quantity: string
  readonly InvoiceDate: string
  readonly UnitPrice: string
  readonly CustomerID: string
  readonly Country: string
}

interface Invoice {
  readonly number: string
  /** Epoch milliseconds of its first line. */
  readonly at: number
  /** Of its last line so far: some invoices took until the next minute. */
  lastAt: number
  readonly customer: string
  readonly country: string
  readonly lines: InvoiceLine[]
  /** Thousandths of a pound, exact: four lines cost a fraction of a penny. */
  mills: number
}

export const columns = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
]

// Lines of one invoice stand together but for one that is interrupted. An invoice is over when the file's time, which
// never goes back, is an hour on: memory holds the invoices of one hour, and every customer's number.
const INVOICE_IS_OVER_AFTER_MS = 60 * 60 * 1000

export function createMapping(): Mapping<InvoiceLine> {
  const open = new Map<string, Invoice>()
  const signedUp = new Set<string>()
  let latest = 0

  function* close(until: number): Generator<ClientEvent> {
    for (const invoice of open.values()) {
      // From the oldest on, so that a customer's first invoice is closed first.
      if (invoice.lastAt > until) return
      open.delete(invoice.number)
      yield* toEvents(invoice, signedUp)
    }
  }

  return {
    *map(line) {
      const at = Date.parse(`${line.InvoiceDate.replace(' ', 'T')}Z`)
      if (Number.isNaN(at)) throw new Error('expected InvoiceDate like 2010-12-01 08:26:00')
      if (at < latest) throw new Error('expected the lines in the order of InvoiceDate')
      latest = at
      yield* close(at - INVOICE_IS_OVER_AFTER_MS)
      const invoice = open.get(line.InvoiceNo) ?? startInvoice(line, at)
      open.set(invoice.number, invoice)
      invoice.lastAt = at
      invoice.lines.push(line)
      invoice.mills += lineMills(line)
    },
    end: () => close(Number.POSITIVE_INFINITY),
  }
}

function startInvoice(line: InvoiceLine, at: number): Invoice {
  const { InvoiceNo: number, CustomerID: customer, Country: country } = line
  return { number, at, lastAt: at, customer, country, lines: [], mills: 0 }
}

function* toEvents(invoice: Invoice, signedUp: Set<string>): Generator<ClientEvent> {
  if (invoice.number.startsWith('A')) return yield badDebtAdjusted(invoice)
  if (invoice.number.startsWith('C')) return yield orderRefunded(invoice)
  if (invoice.mills <= 0) return yield stockAdjusted(invoice)
  if (invoice.customer !== '' && !signedUp.has(invoice.customer)) {
    signedUp.add(invoice.customer)
    yield userSignedUp(invoice)
  }
  yield orderCompleted(invoice)
}

function userSignedUp(invoice: Invoice): ClientEvent {
  const messageId = `online-retail-sign-up-${invoice.customer}`
  return { ...toEvent(invoice, 'user_signed_up', {}), messageId }
}

function orderCompleted(invoice: Invoice): ClientEvent {
  return toEvent(invoice, 'order_completed', {
    orderId: invoice.number,
    amountMinor: toPence(invoice.mills),
    currency: 'GBP',
    lines: invoice.lines.map((line) => ({
      sku: line.StockCode,
      name: line.Description || undefined,
      quantity: Number(line.Quantity),
      // Rounded a line: the sum of the lines may differ from the invoice by a penny.
      amountMinor: toPence(lineMills(line)),
    })),
  })
}

function orderRefunded(invoice: Invoice): ClientEvent {
  return toEvent(invoice, 'order_refunded', {
    refundId: invoice.number,
    amountMinor: toPence(-invoice.mills),
    currency: 'GBP',
  })
}

function stockAdjusted(invoice: Invoice): ClientEvent {
  const quantity = invoice.lines.reduce((sum, line) => sum + Number(line.Quantity), 0)
  return toEvent(invoice, 'stock_adjusted', { invoice: invoice.number, quantity })
}

function badDebtAdjusted(invoice: Invoice): ClientEvent {
  return toEvent(invoice, 'bad_debt_adjusted', {
    invoice: invoice.number,
    amountMinor: toPence(invoice.mills),
    currency: 'GBP',
  })
}

function toEvent(invoice: Invoice, event: string, properties: Record<string, unknown>): ClientEvent {
  const country = COUNTRIES[invoice.country]
  return {
    messageId: `online-retail-${invoice.number}`,
    type: 'track',
    event,
    // The file has no zone; its shop was in the United Kingdom, its days are taken as days in UTC.
    originalTimestamp: new Date(invoice.at).toISOString(),
    // A quarter of the lines name no customer: with a secret key an event may have no person.
    userId: invoice.customer || undefined,
    properties,
    context: country === undefined ? undefined : { location: { country } },
  }
}

function lineMills(line: InvoiceLine): number {
  const found = /^(-?)(\d+)(?:\.(\d{1,3}))?$/.exec(line.UnitPrice)
  const quantity = Number(line.Quantity)
  if (!found) throw new Error('expected UnitPrice with at most three decimals')
  if (!/^-?\d+$/.test(line.Quantity)) throw new Error('expected a whole number as Quantity')
  const [, sign, pounds, decimals = ''] = found
  const mills = Number(pounds) * 1000 + Number(decimals.padEnd(3, '0'))
  return quantity * (sign === '-' ? -mills : mills)
}

/** Half a penny goes to the even penny. */
function toPence(mills: number): number {
  const pence = Math.floor(mills / 10)
  const rest = mills - pence * 10
  return rest > 5 || (rest === 5 && pence % 2 !== 0) ? pence + 1 : pence
}

/** Channel Islands, European Community and Unspecified are no country of ISO 3166-1. */
const COUNTRIES: Readonly<Record<string, string>> = {
  Australia: 'AU',
  Austria: 'AT',
  Bahrain: 'BH',
  Belgium: 'BE',
  Brazil: 'BR',
  Canada: 'CA',
  Cyprus: 'CY',
  'Czech Republic': 'CZ',
  Denmark: 'DK',
  EIRE: 'IE',
  Finland: 'FI',
  France: 'FR',
  Germany: 'DE',
  Greece: 'GR',
  'Hong Kong': 'HK',
  Iceland: 'IS',
  Israel: 'IL',
  Italy: 'IT',
  Japan: 'JP',
  Lebanon: 'LB',
  Lithuania: 'LT',
  Malta: 'MT',
  Netherlands: 'NL',
  Norway: 'NO',
  Poland: 'PL',
  Portugal: 'PT',
  RSA: 'ZA',
  'Saudi Arabia': 'SA',
  Singapore: 'SG',
  Spain: 'ES',
  Sweden: 'SE',
  Switzerland: 'CH',
  'United Arab Emirates': 'AE',
  'United Kingdom': 'GB',
  USA: 'US',
}
