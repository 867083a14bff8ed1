import type { JsonSchema } from '@millrace/contracts/json-schema'
import fc from 'fast-check'
import { plainId } from './personal-data.ts'

/** Values that a contract takes, from its JSON Schema; optional fields are there or not. */
export function arbitraryOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { const: constant, enum: values, type } = schema
  const options = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined
  if (constant !== undefined) return fc.constant(constant)
  if (values !== undefined) return fc.constantFrom(...(values as readonly unknown[]))
  if (options !== undefined) return fc.oneof(...options.map(arbitraryOf))
  if (type === 'object') return objectOf(schema)
  if (type === 'array')
    return fc.array(arbitraryOf(schema.items as JsonSchema), { minLength: 1, maxLength: 3 })
  if (type === 'integer' || type === 'number') return numberOf(schema)
  if (type === 'boolean') return fc.boolean()
  return stringOf(schema)
}

function objectOf({ properties = {}, required = [] }: JsonSchema): fc.Arbitrary<object> {
  const fields = Object.entries(properties as Readonly<Record<string, JsonSchema>>)
  return fc.record(Object.fromEntries(fields.map(([name, field]) => [name, arbitraryOf(field)])), {
    requiredKeys: [...(required as readonly string[])],
  })
}

function numberOf({ minimum = 0, maximum = 1_000 }: JsonSchema): fc.Arbitrary<number> {
  return fc.integer({ min: Math.max(0, Number(minimum)), max: Math.min(1_000, Number(maximum)) })
}

/** Currencies are the only texts with a form of their own. */
function stringOf({ pattern, minLength, maxLength }: JsonSchema): fc.Arbitrary<string> {
  const isCurrency = pattern !== undefined || (minLength === 3 && maxLength === 3)
  return isCurrency ? fc.constantFrom('EUR', 'USD', 'JPY', 'KWD') : plainId
}
