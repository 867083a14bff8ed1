import { EventEnvelope, SingleEnvelope } from '../envelope.ts'
import { eventCatalogue } from '../event-catalogue.ts'
import { EventContext } from '../event-context.ts'
import type { EventContract } from '../event-contract.ts'
import { IdentifyTraits } from '../identify-traits.ts'
import { eventJsonSchema, type JsonSchema, toJsonSchema } from '../json-schema.ts'

const CALLS: Readonly<Record<string, JsonSchema>> = {
  page: call('page', 'A person saw a page: becomes page_viewed, from properties, name and context.page.'),
  screen: call('screen', 'A person saw a screen of an app: counted like a page.'),
  identify: {
    ...call(
      'identify',
      'anonymousId and userId belong to one person; traits that are not named here are dropped.',
    ),
    properties: { type: { const: 'identify' }, traits: toJsonSchema(IdentifyTraits) },
  },
  group: call('group', 'Accepted and ignored, so that an unchanged Segment client goes on.'),
  alias: {
    ...call('alias', 'previousId becomes a name of userId. Wants a secret key.'),
    required: ['type', 'previousId', 'userId'],
  },
  custom: {
    type: 'object',
    description:
      'An event of a name that the catalogue does not know: kept, its texts searched for personal data. At most 10 levels and 1000 names.',
    properties: {
      type: { const: 'track' },
      event: {
        type: 'string',
        minLength: 1,
        maxLength: 100,
        not: { enum: eventCatalogue.map(({ name }) => name) },
      },
      properties: { type: 'object' },
    },
    required: ['event'],
  },
}

/** `components.schemas` of everything that can be posted: Event, one schema an event, Batch. */
export function eventSchemas(): Record<string, JsonSchema> {
  const tracked = eventCatalogue.map((contract, index): [string, JsonSchema] => [
    contract.name,
    tracking(contract, index),
  ])
  const calls = Object.entries(CALLS).map(([name, schema]): [string, JsonSchema] => [
    name,
    onEnvelope(schema),
  ])
  const all = [...tracked, ...calls]
  return {
    Envelope: envelopeSchema(),
    Context: toJsonSchema(EventContext),
    ...Object.fromEntries(all),
    Event: { anyOf: all.map(([name]) => ref(name)) },
    Single: { allOf: [ref('Event'), { properties: requestFields(), not: { required: ['batch'] } }] },
    Batch: batchSchema(),
    Body: { anyOf: [ref('Batch'), { type: 'array', items: ref('Event'), maxItems: 500 }, ref('Single')] },
  }
}

export function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` }
}

const FIRST_EXAMPLE = 0x1d6f3b1c2b00

/** A whole event of the catalogue, as a client sends it. */
function exampleEvent({ name, example }: EventContract, index: number): JsonSchema {
  return {
    // One of its own: whoever tries two examples would see an id_conflict otherwise.
    messageId: `0190d2a4-7e1c-7b1e-9a53-${(FIRST_EXAMPLE + index).toString(16)}`,
    type: 'track',
    event: name,
    originalTimestamp: '2026-11-21T09:51:58.101Z',
    userId: 'u-4711',
    properties: example,
  }
}

function tracking(contract: EventContract, index: number): JsonSchema {
  const properties = eventJsonSchema(contract.name)
  const schema = {
    type: 'object',
    description: contract.secretOnly ? `${contract.description} Wants a secret key.` : contract.description,
    properties: { type: { const: 'track' }, event: { const: contract.name }, properties },
    required: contract.schema.safeParse({}).success ? ['event'] : ['event', 'properties'],
  }
  return { ...onEnvelope(schema), examples: [exampleEvent(contract, index)] }
}

function call(type: string, description: string): JsonSchema {
  return { type: 'object', description, properties: { type: { const: type } }, required: ['type'] }
}

function onEnvelope(schema: JsonSchema): JsonSchema {
  return { allOf: [ref('Envelope'), schema] }
}

function envelopeSchema(): JsonSchema {
  const schema = toJsonSchema(EventEnvelope)
  const declared = schema.properties as Record<string, JsonSchema>
  return {
    ...schema,
    description:
      'The Segment spec’s names. userId or anonymousId is required, except with a secret key; null counts as absent; what is not declared is dropped.',
    properties: {
      ...declared,
      timestamp: {
        ...declared.originalTimestamp,
        description: 'Stands in where originalTimestamp is missing.',
      },
      properties: { type: ['object', 'null'] },
      traits: { type: ['object', 'null'] },
      context: { anyOf: [ref('Context'), { type: 'null' }] },
    },
  }
}

/** What a request says beside its events. */
function requestFields(): Record<string, JsonSchema> {
  const declared = toJsonSchema(SingleEnvelope).properties as Record<string, JsonSchema>
  return {
    sentAt: { ...declared.sentAt, description: 'The client’s clock when it sends.' },
    writeKey: { ...declared.writeKey, description: 'For clients that can set no header.' },
  }
}

function batchSchema(): JsonSchema {
  return {
    type: 'object',
    properties: {
      batch: { type: 'array', items: ref('Event'), maxItems: 500 },
      ...requestFields(),
      context: { anyOf: [ref('Context'), { type: 'null' }], description: 'The default of each event’s.' },
    },
    required: ['batch'],
  }
}
