/** A batch that a shop's server sends with a secret key. */
export const ordersExample = {
  sentAt: '2026-11-21T09:52:03.257Z',
  batch: [
    {
      messageId: '0190d2a4-7e1c-7b1e-9a53-0d6f3b1c2a10',
      type: 'track',
      event: 'order_completed',
      originalTimestamp: '2026-11-21T09:51:58.101Z',
      userId: 'u-4711',
      properties: {
        orderId: 'o-1001',
        amountMinor: 1299,
        currency: 'EUR',
        lines: [
          { sku: 'OAT-1L', name: 'Oat milk', quantity: 3, amountMinor: 747 },
          { sku: 'RYE-500', quantity: 2, amountMinor: 552 },
        ],
      },
      context: { location: { country: 'AT' } },
    },
    {
      messageId: '0190d2a4-7e1c-7b1e-9a53-0d6f3b1c2a11',
      type: 'track',
      event: 'box_packed',
      originalTimestamp: '2026-11-21T09:51:59.400Z',
      properties: { boxId: 'b-9', cycle: '2026-11', items: [{ sku: 'OAT-1L', quantity: 3 }] },
    },
  ],
} as const

/** One event that a web page sends with a public key, in the body since sendBeacon sets no header. */
export const pageExample = {
  writeKey: 'pk_example_key',
  sentAt: '2026-11-21T09:52:03.257Z',
  messageId: '0190d2a4-7e1c-7b1e-9a53-0d6f3b1c2a12',
  type: 'page',
  name: 'The winter box',
  originalTimestamp: '2026-11-21T09:52:03.101Z',
  anonymousId: '0190d2a4-0000-7b1e-9a53-0d6f3b1c2a00',
  sessionId: '0190d2a4-1111-7b1e-9a53-0d6f3b1c2a00',
  context: {
    page: { path: '/boxes/winter', referrer: 'https://search.example/' },
    locale: 'de-AT',
    consent: { categoryPreferences: { Analytics: true } },
  },
} as const

/** What Segment's libraries send: Title Case names, decimal money. */
export const segmentExample = {
  sentAt: '2026-11-21T09:52:03.257Z',
  batch: [
    {
      messageId: 'node-next-1732182723257-7f1a',
      type: 'track',
      event: 'Order Completed',
      timestamp: '2026-11-21T09:51:58.101Z',
      userId: 'u-4711',
      properties: {
        order_id: 'o-1001',
        revenue: 12.99,
        currency: 'EUR',
        products: [{ product_id: 'OAT-1L', name: 'Oat milk', price: 4.33, quantity: 3 }],
      },
    },
  ],
} as const
