import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { stringFields } from './contract-fields.ts'
import { EventEnvelope } from './envelope.ts'
import { eventCatalogue, eventContract } from './event-catalogue.ts'
import { EventContext } from './event-context.ts'
import { IdentifyTraits } from './identify-traits.ts'
import { toJsonSchema } from './json-schema.ts'

const everySchema: readonly (readonly [string, z.ZodType])[] = [
  ...eventCatalogue.map(({ name, schema }): [string, z.ZodType] => [name, schema]),
  ['identify', IdentifyTraits],
  ['envelope', EventEnvelope],
  ['context', EventContext],
]

test('every file of events/ is in the catalogue, under its own name', () => {
  const files = readdirSync(new URL('events/', import.meta.url)).map((file) => file.replace(/\.ts$/, ''))
  expect(eventCatalogue.map(({ name }) => name.replaceAll('_', '-')).toSorted()).toEqual(files.toSorted())
})

test('the events that make nobody active are those of the design', () => {
  expect(eventCatalogue.filter(({ activity }) => !activity).map(({ name }) => name)).toEqual([
    'order_fulfilled',
    'order_refunded',
    'subscription_renewed',
    'box_created',
    'box_packed',
    'box_shipped',
    'box_delivered',
    'box_skipped',
    'error_occurred',
    'session_ended',
    'experiment_viewed',
    'web_vital_measured',
  ])
})

test('order, refund and box events want a secret key', () => {
  const secret = eventCatalogue.filter(({ secretOnly }) => secretOnly).map(({ name }) => name)
  expect(secret).toEqual(eventCatalogue.map(({ name }) => name).filter((name) => /^(order|box)_/.test(name)))
})

describe.each(everySchema)('%s', (_name, schema) => {
  test('marks every text as possible personal data, or allows only values that can be none', () => {
    const unmarked = stringFields(schema)
      .filter(({ schema: field }) => !('x-pii' in toJsonSchema(field)) && !('pattern' in toJsonSchema(field)))
      .map(({ path }) => path.join('.'))
    expect(unmarked).toEqual([])
  })

  test('bounds every text and every list', () => {
    const unbounded: string[] = []
    visit(toJsonSchema(schema), (node) => {
      if (
        node.type === 'string' &&
        !('maxLength' in node || 'pattern' in node || 'enum' in node || 'const' in node)
      ) {
        unbounded.push(JSON.stringify(node))
      }
      if (node.type === 'array' && !('maxItems' in node)) unbounded.push(JSON.stringify(node))
    })
    expect(unbounded).toEqual([])
  })
})

describe.each(eventCatalogue.map((contract) => [contract.name, contract] as const))(
  '%s',
  (_name, contract) => {
    const schema: z.ZodType = contract.schema

    test('has no room for a card number in a number that is kept as one', () => {
      const roomy: string[] = []
      visit(toJsonSchema(schema), ({ type, maximum, minimum }) => {
        const isNumber = type === 'integer' || type === 'number'
        if (isNumber && Math.max(Number(maximum), -Number(minimum)) > 1e12)
          roomy.push(JSON.stringify(maximum))
      })
      // The cycle of a box may be sent as a number: after parsing it is text, and searched.
      expect(roomy).toHaveLength(stringFields(schema).some(({ path }) => path.join() === 'cycle') ? 1 : 0)
    })

    test('takes its own example and drops what is not declared', () => {
      const parsed = schema.parse({ ...contract.example, email: 'jane@example.com' })
      expect(parsed).toEqual(schema.parse(contract.example))
      expect(parsed).not.toHaveProperty('email')
    })

    // parseBatch reads with the compiled schema; the plain one is what the contract says.
    test('means the same compiled', () => {
      const compiled = z.compile(schema)
      const fields = fc.constantFrom(...Object.keys(contract.example), 'other', '__proto__')
      fc.assert(
        fc.property(fields, fc.anything(), (field, value) => {
          const sent = Object.fromEntries([...Object.entries(contract.example), [field, value]])
          expect(compiled.safeParse(sent)).toEqual(schema.safeParse(sent))
        }),
        { numRuns: 50 },
      )
    })
  },
)

describe('an order', () => {
  const order = { orderId: 'o', amountMinor: 0, currency: 'eur' }
  const line = { sku: 'a', quantity: 1, amountMinor: 1 }
  const schema: z.ZodType = eventContract('order_completed')?.schema ?? z.never()

  test('holds the lines of a wholesale invoice', () => {
    expect(schema.safeParse({ ...order, lines: Array.from({ length: 5000 }, () => line) }).success).toBe(true)
    expect(schema.safeParse({ ...order, lines: Array.from({ length: 5001 }, () => line) }).success).toBe(
      false,
    )
  })

  test('has discount lines below zero, and no line of nothing', () => {
    expect(
      schema.safeParse({ ...order, lines: [{ sku: 'd', quantity: -1, amountMinor: -500 }] }).success,
    ).toBe(true)
    expect(schema.safeParse({ ...order, lines: [{ ...line, quantity: 0 }] }).success).toBe(false)
  })

  test.each([-1, 0.5, 1e12 + 1, Number.NaN, '100'])('has no amount of %s', (amountMinor) => {
    expect(schema.safeParse({ ...order, amountMinor }).success).toBe(false)
  })

  test('has its currency in upper case', () => {
    expect(schema.parse(order)).toEqual({ ...order, currency: 'EUR' })
  })
})

describe('feedback', () => {
  const schema: z.ZodType = eventContract('feedback_submitted')?.schema ?? z.never()

  test.each([
    ['csat', 0, false],
    ['csat', 1, true],
    ['csat', 5, true],
    ['csat', 6, false],
    ['nps', 0, true],
    ['nps', 10, true],
    ['nps', 11, false],
    ['review', 5, true],
    ['review', 0, false],
    ['review', 4.5, false],
  ])('%s of %d: %s', (kind, score, good) => {
    expect(schema.safeParse({ kind, score }).success).toBe(good)
  })
})

function visit(node: unknown, see: (node: Record<string, unknown>) => void): void {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) see(node as Record<string, unknown>)
  for (const inner of Object.values(node)) visit(inner, see)
}
