import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ErrorAnswer, ReceiptAnswer } from './answer.ts'
import { eventCatalogue } from './event-catalogue.ts'
import { eventJsonSchema } from './json-schema.ts'
import { openapiDocument } from './openapi.ts'
import { parseBatch } from './parse-batch.ts'
import { aSecretKey } from './test-builders.ts'

type Node = Readonly<Record<string, unknown>>

const document = JSON.parse(JSON.stringify(openapiDocument({ version: '1.2.3' })))
const posts: [string, Node][] = Object.entries<{ post?: Node }>(document.paths).flatMap(([path, { post }]) =>
  post ? [[path, post]] : [],
)

test('is OpenAPI 3.1 of the given version', () => {
  expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Millrace', version: '1.2.3' } })
})

test('has every path that takes events, the short ones too, and the documents', () => {
  const long = ['events', 'batch', 'track', 'identify', 'page', 'screen', 'group', 'alias']
  const short = ['b', 't', 'i', 'p', 's', 'g', 'a']
  expect(posts.map(([path]) => path)).toEqual([...long, ...short].map((name) => `/v1/${name}`))
  expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/openapi.json', '/docs']))
  expect(new Set(posts.map(([, { operationId }]) => operationId)).size).toBe(posts.length)
})

describe.each(posts)('%s', (_path, post) => {
  test('answers with every code, and says when to come again', () => {
    const responses = post.responses as Record<string, { headers?: object }>
    expect(Object.keys(responses)).toEqual(['202', '400', '401', '403', '408', '413', '415', '429', '503'])
    expect(responses['429']?.headers).toHaveProperty('Retry-After')
    expect(responses['503']?.headers).toHaveProperty('Retry-After')
  })

  test('takes the write key in four places', () => {
    expect(post.security).toEqual([{ basic: [] }, { bearer: [] }, { header: [] }, {}])
    expect(document.components.schemas.Batch.properties).toHaveProperty('writeKey')
  })
})

test('every reference leads somewhere', () => {
  const refs = nodesOf(document).flatMap((node) => (typeof node.$ref === 'string' ? [node.$ref] : []))
  expect(refs.length).toBeGreaterThan(50)
  for (const ref of new Set(refs)) {
    const found = ref
      .slice(2)
      .split('/')
      .reduce((node: Node | undefined, key) => node?.[key] as Node | undefined, document)
    expect(found, ref).toBeDefined()
  }
})

test('has a schema of every event, and Event is one of them', () => {
  const all: Node[] = document.components.schemas.Event.anyOf
  const names = [
    ...eventCatalogue.map(({ name }) => name),
    'page',
    'screen',
    'identify',
    'group',
    'alias',
    'custom',
  ]
  expect(all).toEqual(names.map((name) => ({ $ref: `#/components/schemas/${name}` })))
})

test('every example is taken by the contracts', () => {
  const inPaths = posts.flatMap(([, { requestBody }]) =>
    Object.values<{ value: Node }>(
      (requestBody as { content: Record<string, { examples: object }> }).content['application/json']
        ?.examples as never,
    ),
  )
  const inSchemas = eventCatalogue.flatMap(({ name }) => document.components.schemas[name].examples)
  const examples = [...inPaths.map(({ value }) => value), ...inSchemas]
  expect(examples.length).toBe(3 * posts.length + eventCatalogue.length)
  for (const example of examples) {
    expect(parseBatch(example, { key: aSecretKey() })).toMatchObject({ kind: 'batch', rejected: [] })
  }
})

test('no two events of the catalogue show the same messageId', () => {
  const shown = eventCatalogue.map(({ name }) => document.components.schemas[name].examples[0].messageId)
  expect(new Set(shown).size).toBe(eventCatalogue.length)
})

test('the JSON Schemas can be read back and judge the examples as the contracts do', () => {
  for (const { name, example } of eventCatalogue) {
    const schema = z.fromJSONSchema(eventJsonSchema(name) as never)
    expect(schema.safeParse(example).success, name).toBe(true)
    expect(schema.safeParse('text').success, name).toBe(false)
  }
  expect(eventJsonSchema('order_completed')).toMatchObject({
    title: 'order_completed',
    required: ['orderId', 'amountMinor', 'currency'],
    properties: { orderId: { type: 'string', 'x-pii': 'id' } },
  })
  expect(eventJsonSchema('my_event')).toBeUndefined()
})

test('the answers are those of the contract', () => {
  const rejected = [
    { index: 0, messageId: null, code: 'schema_invalid', path: '', detail: 'x', retryable: false },
  ]
  const receipt = { requestId: 'r', accepted: 1, suppressed: 0, rejected }
  expect(ReceiptAnswer.parse(receipt)).toEqual(receipt)
  expect(ReceiptAnswer.safeParse({ ...receipt, rejected: [{ ...rejected[0], code: 'other' }] }).success).toBe(
    false,
  )
  expect(ErrorAnswer.safeParse(receipt).success).toBe(false)
  expect(document.components.schemas.Error.required).toContain('detail')
})

function nodesOf(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.values(value).flatMap(nodesOf)
  return Array.isArray(value) ? inner : [value as Node, ...inner]
}
