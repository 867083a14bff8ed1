import type { z } from 'zod'
import { stringFields } from './contract-fields.ts'
import { eventCatalogue } from './event-catalogue.ts'
import type { Pii } from './field.ts'
import { IdentifyTraits } from './identify-traits.ts'

/** A field of an event's properties that may hold personal data; `*` in its path is any entry of a list. */
export interface PiiField {
  readonly path: readonly string[]
  readonly pii: Pii
  /** The event is whole without it. */
  readonly optional: boolean
}

const byEvent: ReadonlyMap<string, readonly PiiField[]> = new Map([
  ...eventCatalogue.map(({ name, schema }) => [name, markedFields(schema)] as const),
  ['identify', markedFields(IdentifyTraits)],
  ['group', []],
  ['alias', []],
])

/**
 * Where personal data may stand in an event's properties, by its canonical name; for identify, in its traits.
 * Undefined for a custom event: it may stand anywhere there. The same array at every call.
 */
export function piiFields(event: string): readonly PiiField[] | undefined {
  return byEvent.get(event)
}

function markedFields(schema: z.ZodType): readonly PiiField[] {
  const fields = new Map<string, PiiField>()
  for (const { path, schema: field, optional } of stringFields(schema)) {
    const pii = field.meta()?.pii
    if (pii) fields.set(path.join('.'), { path, pii, optional })
  }
  return [...fields.values()]
}
