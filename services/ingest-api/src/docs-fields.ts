import { code, link, text } from './docs-html.ts'

/** Of a longer one a reader learns nothing. */
const LONGEST_PATTERN = 30

/** As much of JSON Schema as the contracts use. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly allOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly additionalProperties?: Schema | boolean
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly examples?: readonly unknown[]
}

/** One row of a schema's table. */
export interface Field {
  /** As `properties.lines[].sku`. */
  readonly path: string
  readonly required: boolean
  /** HTML. */
  readonly kind: string
  /** HTML. */
  readonly description: string
}

/** The schemas that this one is built on, by name. */
export function basesOf(schema: Schema): readonly string[] {
  return (schema.allOf ?? []).flatMap((part) => (part.$ref === undefined ? [] : [refName(part.$ref)]))
}

/** The part of a schema that is its own: what stands beside its bases. */
export function ownPart(schema: Schema): Schema {
  return schema.allOf?.find((part) => part.$ref === undefined) ?? schema
}

/** The fields of an object, those of the objects in it after them. */
export function fieldsOf(schema: Schema, prefix = ''): readonly Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, declared]) => {
    const path = `${prefix}${name}`
    const inner = withoutNull(declared)
    const field: Field = {
      path,
      required: schema.required?.includes(name) ?? false,
      kind: kindOf(inner),
      description: text(declared.description ?? ''),
    }
    return [
      field,
      ...fieldsOf(inner, `${path}.`),
      ...ofAlternatives(inner, `${path}.`),
      ...fieldsOf(inner.items ?? {}, `${path}[].`),
    ]
  })
}

/** Of objects of which one is meant: each field once, with all that it may be. */
function ofAlternatives({ anyOf, oneOf }: Schema, prefix: string): readonly Field[] {
  const merged = new Map<string, Field>()
  for (const field of (anyOf ?? oneOf ?? []).flatMap((alternative) => fieldsOf(alternative, prefix))) {
    const known = merged.get(field.path)
    const kinds = new Set([...(known?.kind.split(' or ') ?? []), field.kind])
    merged.set(field.path, { ...field, ...known, kind: [...kinds].join(' or ') })
  }
  return [...merged.values()]
}

/** In words, as HTML. */
export function kindOf(schema: Schema): string {
  if (schema.$ref !== undefined) return link(refName(schema.$ref))
  if (schema.const !== undefined) return code(JSON.stringify(schema.const))
  if (schema.enum !== undefined) return schema.enum.map((value) => code(JSON.stringify(value))).join(', ')
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives !== undefined) return alternatives.map(kindOf).join(' or ')
  if (schema.items !== undefined)
    return `list of ${kindOf(schema.items)}${atMost(schema.maxItems, 'entries')}`
  if (isTime(schema)) return schema.type === 'string' ? 'ISO 8601 with its zone' : 'epoch milliseconds'
  return `${[schema.type ?? 'any'].flat().map(text).join(' or ')}${bounds(schema)}${like(schema)}`
}

function withoutNull(schema: Schema): Schema {
  const rest = schema.anyOf?.filter(({ type }) => type !== 'null')
  const [only] = rest ?? []
  return only !== undefined && rest?.length === 1 ? only : schema
}

function bounds({ minLength, maxLength, minimum, maximum }: Schema): string {
  if (maxLength !== undefined) {
    return minLength === undefined
      ? atMost(maxLength, 'characters')
      : `, ${minLength} to ${maxLength} characters`
  }
  if (minimum === undefined && maximum === undefined) return ''
  // The bounds of a whole number in JavaScript say nothing about the field.
  if (maximum === Number.MAX_SAFE_INTEGER) return ''
  return `, ${minimum ?? '…'} to ${maximum ?? '…'}`
}

function atMost(limit: number | undefined, unit: string): string {
  return limit === undefined ? '' : `, at most ${limit} ${unit}`
}

// No shorter number is a time in milliseconds, and no other pattern starts with a year.
function isTime({ pattern = '', minimum = 0, type }: Schema): boolean {
  return pattern.startsWith('^\\d{4}-\\d\\d-') || (type === 'integer' && minimum >= 1e11)
}

function like({ pattern }: Schema): string {
  return pattern === undefined || pattern.length > LONGEST_PATTERN ? '' : ` like ${code(pattern)}`
}

function refName(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1)
}
