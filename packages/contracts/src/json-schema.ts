import { z } from 'zod'
import { eventContract } from './event-catalogue.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * JSON Schema 2020-12 of the properties of one event, as a client sends them; undefined for a custom event.
 * `x-pii` says how a text may hold personal data: text, id or url.
 */
export function eventJsonSchema(name: string): JsonSchema | undefined {
  const contract = eventContract(name)
  return contract && { title: name, description: contract.description, ...toJsonSchema(contract.schema) }
}

/** JSON Schema 2020-12 of what a zod schema reads. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.pii === undefined) return
      jsonSchema['x-pii'] = jsonSchema.pii
      delete jsonSchema.pii
    },
  })
  return rest
}
