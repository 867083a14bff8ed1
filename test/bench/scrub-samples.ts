import type { ParsedEvent } from '@millrace/contracts/parsed-event'

const base: Omit<ParsedEvent, 'event' | 'properties'> = {
  index: 0,
  messageId: '',
  type: 'track',
  custom: false,
  originalTimestamp: '2026-11-21T09:51:58.101Z',
  sessionId: '019a5a4e-7d2e-7b1c-8f6e-2f1f3c1b2a11',
  context: {
    country: 'AT',
    locale: 'de-AT',
    timezone: 'Europe/Vienna',
    page: {
      path: '/boxes/vegetables?utm_source=newsletter&utm_medium=email',
      title: 'Vegetable boxes | Shop',
      referrer: 'https://www.google.com/',
    },
    campaign: { source: 'newsletter', medium: 'email', name: 'spring 2026' },
    library: { name: '@millrace/browser', version: '1.0.0' },
  },
}

interface Sample {
  readonly what: string
  readonly event: ParsedEvent
}

const LINES = Array.from({ length: 6 }, (_, i) => ({
  sku: `VEG-${i}`,
  name: `Vegetable box, size ${i}`,
  quantity: i + 1,
  amountMinor: 1299,
}))

/** Typical events of a shop: what a browser sends most, an order, a free text with and without personal data, a custom one. */
export const scrubSamples: readonly Sample[] = [
  {
    what: 'page_viewed',
    event: {
      ...base,
      event: 'page_viewed',
      properties: {
        path: '/boxes/vegetables',
        title: 'Vegetable boxes | Shop',
        referrer: 'https://www.google.com/',
      },
    },
  },
  {
    what: 'product_viewed',
    event: {
      ...base,
      event: 'product_viewed',
      properties: {
        sku: 'VEG-1',
        name: 'Vegetable box',
        category: 'Boxes',
        quantity: 1,
        amountMinor: 1299,
        currency: 'EUR',
      },
    },
  },
  {
    what: 'order_completed',
    event: {
      ...base,
      event: 'order_completed',
      userId: 'user_4821',
      properties: {
        orderId: 'ORD-2026-004821',
        amountMinor: 4599,
        currency: 'EUR',
        lines: LINES,
        coupon: 'SPRING',
      },
    },
  },
  {
    what: 'search_performed',
    event: { ...base, event: 'search_performed', properties: { query: 'organic carrots', results: 12 } },
  },
  {
    what: 'feedback_submitted, clean',
    event: {
      ...base,
      event: 'feedback_submitted',
      properties: {
        kind: 'csat',
        score: 4,
        comment: 'Great box, but the delivery was late again. I would order it again.',
      },
    },
  },
  {
    what: 'feedback_submitted, personal',
    event: {
      ...base,
      event: 'feedback_submitted',
      properties: {
        kind: 'csat',
        score: 1,
        comment: 'Late again. Call me at +43 664 1234567 or write to jane@example.com',
      },
    },
  },
  {
    what: 'custom event',
    event: {
      ...base,
      custom: true,
      event: 'quiz_finished',
      properties: { quiz: 'taste', answers: ['sweet', 'sour'], score: 7, plan: 'family', durationMs: 18_231 },
    },
  },
]
