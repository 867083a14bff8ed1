import { z } from 'zod'

/** A place in a contract where text may stand; `*` is any entry of a list or any key of a record. */
export interface StringField {
  readonly path: readonly string[]
  readonly schema: z.ZodString
  /** Its contract holds without it. */
  readonly optional: boolean
}

/** All places of a contract where text may stand, once for each alternative that allows it. */
export function stringFields(
  schema: unknown,
  path: readonly string[] = [],
  optional = false,
): readonly StringField[] {
  if (schema instanceof z.ZodString) return [{ path, schema, optional }]
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).flatMap(([key, inner]) =>
      stringFields(inner, [...path, key], isOptional(inner)),
    )
  }
  if (schema instanceof z.ZodArray) return stringFields(schema.element, [...path, '*'])
  if (schema instanceof z.ZodUnion)
    return schema.options.flatMap((option) => stringFields(option, path, optional))
  if (schema instanceof z.ZodRecord) {
    return [
      ...stringFields(schema.keyType, [...path, '*']),
      ...stringFields(schema.valueType, [...path, '*']),
    ]
  }
  if (schema instanceof z.ZodPipe) return stringFields(schema.in, path, optional)
  if (isWrapper(schema)) return stringFields(schema.unwrap(), path, optional)
  return []
}

// What has a default stands in every parsed event, and those who read one count on it.
function isOptional(schema: unknown): boolean {
  return schema instanceof z.ZodOptional
}

const fieldNames = new WeakMap<z.ZodType, readonly string[]>()

/** The names of a contract's own fields, of all its alternatives. The same array at every call. */
export function topFields(schema: z.ZodType): readonly string[] {
  const known = fieldNames.get(schema)
  if (known) return known
  const names = [...new Set(ownFields(schema))]
  fieldNames.set(schema, names)
  return names
}

function ownFields(schema: unknown): readonly string[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(ownFields)
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

function isWrapper(schema: unknown): schema is z.ZodOptional | z.ZodNullable | z.ZodDefault {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault
}
