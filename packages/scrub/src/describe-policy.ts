import {
  type FieldMark,
  fixedFields,
  type PolicyField,
  policyFields,
} from '@millrace/contracts/policy-fields'
import { type Cut, defaultPolicy, type PrivacyPolicy, type Rule } from '@millrace/contracts/privacy-policy'
import { findRule, type RuledEvent, rulesFor } from './find-rule.ts'

/** A field and what becomes of it, in words; `code` in backticks. */
export interface DescribedField {
  /** As a rule names it. */
  readonly field: string
  readonly becomes: string
}

/** A rule for a custom event, in words. */
export interface DescribedRule extends DescribedField {
  readonly source: string
  readonly event: string
}

const BY_MARK: Readonly<Record<FieldMark, string>> = {
  text: 'searched; what is found becomes `[kind]`',
  url: 'searched; what is found, and secrets of its query, become `[kind]`',
  id: 'kept; a keyed hash where something is found in it',
  code: 'kept as a code of a closed list',
  address: 'never kept whole',
}

const CUT_TO: Readonly<Record<Cut, string>> = {
  network: 'its network, /24 of IPv4 and /48 of IPv6',
  year: 'its year',
  area: 'its first part, at most three characters',
  path: 'its path, which is then searched',
  origin: 'its scheme and host, which are then searched',
}

/** What becomes of the fields of an event of the catalogue, or of identify; what every event has stands after its own. */
export function describeEvent(policy: PrivacyPolicy, event: string): readonly DescribedField[] {
  const ruled = { name: event, custom: false }
  return (policyFields(event) ?? []).map((field) => ({
    field: field.field,
    becomes: everySource(policy, ruled, field),
  }))
}

/** The fields of which no rule may speak. */
export function describeFixed(): readonly DescribedField[] {
  return [...fixedFields].map(([field, becomes]) => ({ field, becomes }))
}

/** The rules of a policy that speak of custom events. */
export function describeCustom(policy: PrivacyPolicy): readonly DescribedRule[] {
  return [...policy.rules, ...defaultPolicy.rules]
    .filter(({ event }) => event.startsWith('custom:'))
    .map((rule) => ({ source: rule.source, event: rule.event, field: rule.field, becomes: inWords(rule) }))
}

/** For every source, then for those that have rules of their own. */
function everySource(policy: PrivacyPolicy, event: RuledEvent, field: PolicyField): string {
  const forSource = (source: string): string => {
    const rule = findRule(rulesFor(policy, source, event), event, field.field)
    return rule ? inWords(rule) : BY_MARK[field.mark]
  }
  const common = forSource('*')
  const sources = new Set(policy.rules.map(({ source }) => source).filter((source) => source !== '*'))
  const others = [...sources]
    .sort()
    .flatMap((source) =>
      forSource(source) === common ? [] : [`from the source ${source}: ${forSource(source)}`],
    )
  return [common, ...others].join('; ')
}

function inWords({ do: action, to, why }: Rule): string {
  const because = why === undefined ? '' : `: ${why.replace(/\.$/, '')}`
  switch (action) {
    case 'drop':
      return `dropped${because}`
    case 'mask':
      return `becomes \`[kind]\`, or \`[masked]\` where nothing is found in it${because}`
    case 'hash':
      return `becomes a keyed hash, the same for the same value${because}`
    case 'cut':
      return `cut to ${to === undefined ? 'nothing' : CUT_TO[to]}${because}`
    case 'keep':
      return `kept unsearched${because}`
  }
}
