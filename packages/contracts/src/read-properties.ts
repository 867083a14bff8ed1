import { z } from 'zod'
import { topFields } from './contract-fields.ts'
import { unfitFor } from './custom-properties.ts'
import type { EventEnvelope } from './envelope.ts'
import { eventCatalogue } from './event-catalogue.ts'
import type { EventContract } from './event-contract.ts'
import type { NamedEvent } from './event-name.ts'
import { Fault } from './fault.ts'
import { IdentifyTraits } from './identify-traits.ts'
import { fromPageCall, withContextPage } from './page-properties.ts'
import type { ParsedContext } from './parsed-event.ts'
import { firstProblem, type Problem, schemaInvalid } from './problem.ts'
import { fromSegment, inSegmentTerms } from './segment-properties.ts'
import { undeclaredNames } from './undeclared-names.ts'

type Properties = Readonly<Record<string, unknown>>

export type ReadProperties =
  | {
      readonly kind: 'read'
      readonly properties: Properties
      /** See ParsedEvent. */
      readonly undeclared?: readonly string[] | undefined
    }
  | { readonly kind: 'invalid'; readonly problem: Problem }

const NOTHING: Properties = {}

// A compiled schema reads a good event in a tenth of the time; a bad one is judged by the plain schema.
const compiled: ReadonlyMap<string, z.ZodType> = new Map(
  eventCatalogue.map(({ name, schema }): [string, z.ZodType] => [name, z.compile<z.ZodType>(schema)]),
)
const traits = z.compile(IdentifyTraits)

/** Reads the properties of an event by its contract; traits for identify; all of them, bounded, for a custom event. */
export function readProperties(
  named: Exclude<NamedEvent, { kind: 'unnamed' }>,
  envelope: EventEnvelope,
  context: ParsedContext,
): ReadProperties {
  if (named.kind === 'call') return named.name === 'identify' ? readTraits(envelope.traits) : read(NOTHING)
  const sent = envelope.properties ?? NOTHING
  if (!isProperties(sent)) return invalid(schemaInvalid('properties', 'expected an object'))
  if (named.kind === 'custom') return readCustom(sent)
  return withUndeclared(readKnown(named, sent, envelope, context), sent, named.contract.schema)
}

function readKnown(
  { contract, segment }: Extract<NamedEvent, { kind: 'known' }>,
  sent: Properties,
  envelope: EventEnvelope,
  context: ParsedContext,
): ReadProperties {
  if (contract.name === 'page_viewed') return readPage(contract, segment, sent, envelope, context)
  return segment ? readSegments(contract, sent, envelope.messageId) : readDeclared(contract, sent)
}

function withUndeclared(result: ReadProperties, sent: Properties, schema: z.ZodType): ReadProperties {
  if (result.kind === 'invalid') return result
  const undeclared = undeclaredNames(sent, topFields(schema))
  return undeclared === undefined ? result : { ...result, undeclared }
}

function readDeclared({ name }: EventContract, sent: Properties): ReadProperties {
  const schema = compiled.get(name)
  if (!schema) throw new Fault('contract_broken', `The catalogue has no ${name}`)
  return readBy(schema, 'properties', sent)
}

function readSegments(contract: EventContract, sent: Properties, messageId: string): ReadProperties {
  const result = readDeclared(contract, fromSegment(contract, sent, messageId))
  return result.kind === 'read' ? result : invalid(inSegmentTerms(result.problem, sent))
}

function readPage(
  contract: EventContract,
  segment: boolean,
  sent: Properties,
  { name }: EventEnvelope,
  context: ParsedContext,
): ReadProperties {
  const result = readDeclared(contract, segment ? fromPageCall(sent, name) : sent)
  return result.kind === 'read' ? read(withContextPage(result.properties, context)) : result
}

function readTraits(sent: unknown): ReadProperties {
  if (sent === undefined || sent === null) return read(NOTHING)
  return isProperties(sent)
    ? withUndeclared(readBy(traits, 'traits', sent), sent, IdentifyTraits)
    : invalid(schemaInvalid('traits', 'expected an object'))
}

function readBy(schema: z.ZodType, prefix: string, sent: Properties): ReadProperties {
  const parsed = schema.safeParse(sent)
  if (parsed.success) return read(parsed.data as Properties)
  // Clients send null for what they do not have: it counts as absent.
  const given = withoutNulls(sent)
  const again = schema.safeParse(given)
  return again.success ? read(again.data as Properties) : invalid(firstProblem(again.error, prefix, given))
}

function readCustom(sent: Properties): ReadProperties {
  const expected = unfitFor(sent)
  return expected ? invalid(schemaInvalid('properties', expected)) : read(sent)
}

function read(properties: Properties): ReadProperties {
  return { kind: 'read', properties }
}

function invalid(problem: Problem): ReadProperties {
  return { kind: 'invalid', problem }
}

// Down to the lines of an order; contracts are no deeper.
function withoutNulls(sent: Properties, depth = 0): Properties {
  const kept: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(sent)) {
    if (value === null || key === '__proto__') continue
    kept[key] = Array.isArray(value) && depth === 0 ? value.map(withoutNullsInside) : value
  }
  return kept
}

function withoutNullsInside(entry: unknown): unknown {
  return isProperties(entry) ? withoutNulls(entry, 1) : entry
}

function isProperties(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
