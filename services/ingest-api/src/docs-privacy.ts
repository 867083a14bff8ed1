import { declaredEvents } from '@millrace/contracts/policy-fields'
import type { PrivacyPolicy } from '@millrace/contracts/privacy-policy'
import { describeCustom, describeEvent, describeFixed } from '@millrace/scrub/describe-policy'

/** What becomes of fields, as the page of the contract shows it. */
export interface PrivacyDescription {
  /** Of a field of a body, as `order_completed` and `properties.lines[].sku`; undefined where nothing is done with it. */
  becomes(body: string, path: string): string | undefined
  /** Rules for custom events, a sentence each. */
  readonly custom: readonly string[]
}

/** The policy in force, by the names of the document's bodies. */
export function describePrivacy(policy: PrivacyPolicy): PrivacyDescription {
  const byBody = new Map<string, ReadonlyMap<string, string>>()
  const everywhere = new Map([...describeFixed(), ...describeEvent(policy, 'group')].map(toEntry))
  byBody.set('Envelope', everywhere)
  byBody.set('Context', withoutPrefix(everywhere, 'context.'))
  for (const event of declaredEvents()) byBody.set(event, new Map(describeEvent(policy, event).map(toEntry)))
  return {
    becomes: (body, path) => byBody.get(body)?.get(path.replaceAll('[]', '.*')),
    custom: describeCustom(policy).map(
      ({ source, event, field, becomes }) =>
        `\`${field}\` of ${event === 'custom:*' ? 'every custom event' : `\`${event.slice('custom:'.length)}\``}${
          source === '*' ? '' : ` from the source ${source}`
        }: ${becomes}.`,
    ),
  }
}

function toEntry({ field, becomes }: { readonly field: string; readonly becomes: string }): [string, string] {
  return [field, becomes]
}

function withoutPrefix(fields: ReadonlyMap<string, string>, prefix: string): ReadonlyMap<string, string> {
  return new Map(
    [...fields].flatMap(([field, becomes]): [string, string][] =>
      field.startsWith(prefix) ? [[field.slice(prefix.length), becomes]] : [],
    ),
  )
}
