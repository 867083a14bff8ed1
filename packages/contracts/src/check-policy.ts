import { nearestName } from './nearest-name.ts'
import { declaredEvents, fixedFields, type PolicyField, policyFields } from './policy-fields.ts'
import type { Rule } from './privacy-policy.ts'

const CUSTOM = 'custom:'
/** `properties`, then names; `*` is any entry of a list. */
const CUSTOM_FIELD = /^properties(?:\.[^.\s][^.]{0,99}){1,10}$/
const NEAR = 0.5

/** What is wrong with a rule, in words, or undefined: every name is one that the contracts know, every treatment one that the field bears. */
export function problemWith(rule: Rule): string | undefined {
  const { event, field } = rule
  if (event.startsWith(CUSTOM)) return problemWithCustom(rule)
  if (event !== '*' && policyFields(event) === undefined) return unknownEvent(event)
  const fixed = fixedFields.get(field)
  if (fixed !== undefined) return `no rule may change ${field} (${fixed})`
  const declared = fieldsOf(event).filter((known) => known.field === field)
  if (declared.length === 0) return unknownField(event, field)
  return declared.map((known) => unbearable(rule, known)).find((problem) => problem !== undefined)
}

/** The rules that say the same place twice, as the number of the second. */
export function repeatedRules(rules: readonly Rule[]): readonly number[] {
  const seen = new Set<string>()
  return rules.flatMap(({ source, event, field }, index) => {
    const place = JSON.stringify([source, event, field])
    if (seen.has(place)) return [index]
    seen.add(place)
    return []
  })
}

function fieldsOf(event: string): readonly PolicyField[] {
  return event === '*'
    ? declaredEvents().flatMap((name) => policyFields(name) ?? [])
    : (policyFields(event) ?? [])
}

function problemWithCustom(rule: Rule): string | undefined {
  const shared = (policyFields('group') ?? []).find(({ field }) => field === rule.field)
  if (shared) return unbearable(rule, shared)
  if (!CUSTOM_FIELD.test(rule.field))
    return `expected a field of a custom event, as properties.note or properties.items.*.note`
  if (rule.do === 'keep' && rule.event === `${CUSTOM}*`)
    return 'keep expects one event by its name, as custom:quiz_finished'
  return undefined
}

function unbearable({ do: action, to }: Rule, { field, mark, optional }: PolicyField): string | undefined {
  if (action === 'drop' && !optional)
    return `drop expects a field that the event is whole without; ${field} is required`
  if (mark === 'code' && action !== 'drop') return `${field} is one of a few codes: expected drop or no rule`
  if (mark === 'address' && action !== 'drop' && !(action === 'cut' && to === 'network'))
    return `${field} expects drop, or cut to network`
  if (mark === 'id' && action !== 'hash' && action !== 'drop')
    return `${field} is an id: expected hash${optional ? ' or drop' : ''}, ${action} would make one of many or show what it holds`
  return undefined
}

function unknownEvent(event: string): string {
  const { nearest, distance } = nearestName(event.toLowerCase().replaceAll(' ', '_'), declaredEvents())
  const meant = distance <= event.length * NEAR ? `; did you mean ${nearest}?` : '.'
  return `the catalogue has no event ${event}${meant} A custom event is written custom:${event}`
}

function unknownField(event: string, field: string): string {
  const fields = new Set(fieldsOf(event).map((known) => known.field))
  const of = event === '*' ? 'no contract' : `${event} does not`
  const { nearest } = nearestName(field, fields)
  return event === '*'
    ? `${of} declares a text ${field}; did you mean ${nearest}? For custom events the rule names custom:*`
    : `${of} declare a text ${field}; did you mean ${nearest}?`
}
