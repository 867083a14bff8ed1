import type { z } from 'zod'

/** A schema of environment variables, each with what it means and what it is when it is not set, as lines of a help. */
export function describeEnvironment(schema: z.ZodObject): string {
  const variables = Object.entries(schema.shape).map(
    ([name, field]) => [name, `${meaningOf(field)} ${whenNotSet(field)}`.trim()] as const,
  )
  const width = Math.max(...variables.map(([name]) => name.length))
  const lines = variables.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)
  return ['Environment (defaults in brackets):', ...lines].join('\n')
}

function whenNotSet(field: z.core.$ZodType): string {
  const unset = (field as z.ZodType).safeParse(undefined)
  if (!unset.success) return '(required)'
  return unset.data === undefined || unset.data === '' ? '' : `[${String(unset.data)}]`
}

/** Of the field, else of what it wraps: `.optional()` and `.default()` make new fields. */
function meaningOf(field: z.core.$ZodType): string {
  const { description } = field as z.ZodType
  if (description) return description
  const { innerType, in: input } = field._zod.def as { innerType?: z.core.$ZodType; in?: z.core.$ZodType }
  const inner = innerType ?? input
  return inner ? meaningOf(inner) : ''
}
