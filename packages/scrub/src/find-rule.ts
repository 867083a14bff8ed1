import { defaultPolicy, type PrivacyPolicy, type Rule } from '@millrace/contracts/privacy-policy'

/** An event as rules name it: by its canonical name, or by that of a custom event. */
export interface RuledEvent {
  readonly name: string
  readonly custom: boolean
}

/** What page_viewed repeats of the context: a rule of one is meant for both. */
const REPEATED: Readonly<Record<string, string>> = {
  'properties.path': 'context.page.path',
  'properties.title': 'context.page.title',
  'properties.referrer': 'context.page.referrer',
}

/**
 * The rules that speak of an event of a source, those that count first: the policy's before the default ones, of a source
 * before those of every source, of an event before those of every event.
 */
export function rulesFor(policy: PrivacyPolicy, source: string, event: RuledEvent): readonly Rule[] {
  const ranked = (rules: readonly Rule[]): readonly Rule[] =>
    rules.filter((rule) => speaksOf(rule, source, event)).toSorted((one, other) => rank(other) - rank(one))
  return [...ranked(policy.rules), ...ranked(defaultPolicy.rules)]
}

/** The rule that counts for a field of the event, of those that speak of it. */
export function findRule(rules: readonly Rule[], event: RuledEvent, field: string): Rule | undefined {
  const own = rules.find((rule) => rule.field === field)
  const repeated = event.name === 'page_viewed' && !event.custom ? REPEATED[field] : undefined
  return own ?? (repeated === undefined ? undefined : rules.find((rule) => rule.field === repeated))
}

function speaksOf(rule: Rule, source: string, { name, custom }: RuledEvent): boolean {
  if (rule.source !== '*' && rule.source !== source) return false
  if (!custom) return rule.event === '*' || rule.event === name
  if (rule.event === '*') return rule.do !== 'keep' || rule.field.startsWith('context.')
  return rule.event === 'custom:*' || rule.event === `custom:${name}`
}

function rank({ source, event }: Rule): number {
  const ofEvent = event === '*' ? 0 : event === 'custom:*' ? 1 : 2
  return (source === '*' ? 0 : 10) + ofEvent
}
