import { declaredEvents, policyFields, sharedFields } from '@millrace/contracts/policy-fields'
import type { PrivacyPolicy } from '@millrace/contracts/privacy-policy'
import {
  type DescribedField,
  describeCustom,
  describeEvent,
  describeFixed,
} from '@millrace/scrub/describe-policy'

/** Tables of what becomes of every declared field under a policy, in Markdown. */
export function renderPrivacy(policy: PrivacyPolicy): string {
  const shared = new Set(sharedFields.map(({ field }) => field))
  const ofEvents = declaredEvents().flatMap((event) =>
    describeEvent(policy, event)
      .filter(({ field }) => !shared.has(field))
      .map(({ field, becomes }) => [`\`${event}\``, `\`${field}\``, becomes]),
  )
  const custom = describeCustom(policy).map(({ source, event, field, becomes }) => [
    `\`${event}\``,
    `\`${field}\``,
    source === '*' ? becomes : `from the source ${source}: ${becomes}`,
  ])
  return [
    'Of every event:',
    table(['Field', 'What becomes of it'], [...describeEvent(policy, 'group'), ...describeFixed()].map(row)),
    'Of one event (numbers, and words of a closed list such as `severity`, are kept):',
    table(['Event', 'Field', 'What becomes of it'], [...mergeAlike(ofEvents), ...custom]),
    `Events without a text of their own: ${eventsWithoutText(shared)}.`,
  ].join('\n\n')
}

function row({ field, becomes }: DescribedField): readonly string[] {
  return [`\`${field}\``, becomes]
}

/** Events that have the same field stand in one row. */
function mergeAlike(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const events = new Map<string, string[]>()
  for (const [event = '', ...rest] of rows) {
    const key = JSON.stringify(rest)
    events.set(key, [...(events.get(key) ?? []), event])
  }
  return [...events].map(([rest, names]) => [names.join(', '), ...(JSON.parse(rest) as string[])])
}

function eventsWithoutText(shared: ReadonlySet<string>): string {
  return declaredEvents()
    .filter((event) => (policyFields(event) ?? []).every(({ field }) => shared.has(field)))
    .map((event) => `\`${event}\``)
    .join(', ')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
}
