import type { z } from 'zod'
import { problemWith, repeatedRules } from './check-policy.ts'
import { PrivacyPolicy, type Rule } from './privacy-policy.ts'

export type ParsedPolicy =
  | { readonly kind: 'policy'; readonly policy: PrivacyPolicy }
  /** One line a problem, which names the rule, what it speaks of and what was expected. */
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }

/** Reads a privacy policy and checks every name in it against the contracts. */
export function parsePolicy(sent: unknown): ParsedPolicy {
  const parsed = PrivacyPolicy.safeParse(sent)
  if (!parsed.success) return { kind: 'invalid', problems: parsed.error.issues.map(shapeProblem) }
  const { rules } = parsed.data
  const problems = [
    ...rules.flatMap((rule, index) => {
      const problem = problemWith(rule)
      return problem === undefined ? [] : [`${named(rule, index)}: ${problem}`]
    }),
    ...repeatedRules(rules).map(
      (index) => `${named(rules[index] as Rule, index)}: an earlier rule speaks of the same field already`,
    ),
  ]
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'policy', policy: parsed.data }
}

function shapeProblem({ path, message, code, ...issue }: z.core.$ZodIssue): string {
  const [, index, ...inside] = path
  const expected =
    code === 'unrecognized_keys' ? `unknown ${'keys' in issue ? String(issue.keys) : 'name'}` : words(message)
  if (typeof index !== 'number') return `${path.join('.') || '(all)'}: ${expected}`
  return `rule ${index + 1}${inside.length === 0 ? '' : `, ${inside.join('.')}`}: ${expected}`
}

// zod's own words begin with a capital letter and may repeat what was sent.
function words(message: string): string {
  return /^(?:expected|missing)/.test(message) ? message : 'expected { "rules": [{ "field", "do", … }] }'
}

function named({ event, field }: Rule, index: number): string {
  return `rule ${index + 1} (${event} ${field})`
}
