import type { z } from 'zod'
import { CURRENCY_UNKNOWN } from './money.ts'
import type { Rejection } from './rejection.ts'

/** What is wrong with an event, before its place in the batch is known. */
export type Problem = Pick<Rejection, 'code' | 'path' | 'detail'>

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

/** The first of zod's issues as a problem. */
export function firstProblem(error: z.core.$ZodError, prefix: string, sent: unknown): Problem {
  const [issue] = error.issues
  return issue ? toProblem(issue, prefix, sent) : schemaInvalid(prefix, 'expected another value')
}

export function schemaInvalid(path: string, detail: string): Problem {
  return { code: 'schema_invalid', path, detail }
}

// Says what was expected and never repeats what was sent.
function toProblem(issue: Issue, prefix: string, sent: unknown): Problem {
  const missing = valueAt(sent, issue.path) === undefined
  return {
    code: isUnknownCurrency(issue) ? 'currency_unknown' : 'schema_invalid',
    path: dotted(prefix, issue.path),
    detail: missing ? `missing, ${expectation(issue)}` : expectation(issue),
  }
}

// `properties.lines.3.sku`
function dotted(prefix: string, path: Path): string {
  const inside = path.map(String).join('.')
  return prefix && inside ? `${prefix}.${inside}` : prefix || inside
}

function isUnknownCurrency(issue: Issue): boolean {
  return issue.code === 'custom' && issue.params?.code === CURRENCY_UNKNOWN
}

function expectation(issue: Issue): string {
  // The contracts' own messages begin with a small letter; zod's do not, and some of them repeat the input.
  if (issue.message.startsWith('expected ')) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${KINDS[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`
    case 'invalid_union':
      return `expected one of ${optionsOf(issue).join(', ')}`
    case 'too_big':
      return `expected ${sized(issue.origin, 'at most', Number(issue.maximum))}`
    case 'too_small':
      return `expected ${sized(issue.origin, 'at least', Number(issue.minimum))}`
    default:
      return 'expected another value'
  }
}

// The kinds of a discriminated union; every other union of the contracts has a message of its own.
function optionsOf(issue: Issue): readonly string[] {
  return 'options' in issue && Array.isArray(issue.options)
    ? issue.options.map(String)
    : ['several kinds of value']
}

function sized(origin: string, bound: string, limit: number): string {
  if (origin === 'string') return `${bound} ${limit} ${limit === 1 ? 'character' : 'characters'}`
  if (origin === 'array') return `${bound} ${limit} entries`
  return `${KINDS[origin] ?? 'a value'} of ${bound} ${limit}`
}

function valueAt(sent: unknown, path: Path): unknown {
  let value = sent
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}
