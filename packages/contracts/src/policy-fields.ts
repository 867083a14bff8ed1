import { eventCatalogue } from './event-catalogue.ts'
import type { Pii } from './field.ts'
import { piiFields } from './pii-fields.ts'

/** How a field is treated where no rule speaks of it; beside the marks of the contracts: */
export type FieldMark = Pii | 'address' | 'code'

/** A field that a privacy policy may speak of. */
export interface PolicyField {
  /** As a rule names it: `properties.lines.*.name`, `traits.plan`, `context.page.title`, `messageId`. */
  readonly field: string
  readonly mark: FieldMark
  readonly optional: boolean
}

const text = (field: string): PolicyField => ({ field, mark: 'text', optional: true })
const url = (field: string): PolicyField => ({ field, mark: 'url', optional: true })
const code = (field: string): PolicyField => ({ field, mark: 'code', optional: true })

/** What every event has beside its properties and is stored; the same array at every call. */
export const sharedFields: readonly PolicyField[] = [
  { field: 'messageId', mark: 'id', optional: false },
  { field: 'sessionId', mark: 'id', optional: true },
  url('context.page.path'),
  text('context.page.title'),
  url('context.page.referrer'),
  text('context.campaign.source'),
  text('context.campaign.medium'),
  text('context.campaign.name'),
  text('context.campaign.term'),
  text('context.campaign.content'),
  code('context.locale'),
  code('context.timezone'),
  { field: 'context.ip', mark: 'address', optional: true },
  text('context.library.name'),
  text('context.library.version'),
]

/** Fields of which no rule may speak, since no other treatment of them would be safe or would leave an event to count. */
export const fixedFields: ReadonlyMap<string, string> = new Map([
  ['userId', 'becomes a keyed pseudonym, and links the person’s events'],
  ['anonymousId', 'becomes a keyed pseudonym, and links the visitor’s events'],
  ['previousId', 'becomes a keyed pseudonym'],
  ['event', 'kept where the catalogue knows it, else searched for personal data'],
  ['type', 'kept: one of six words'],
  ['originalTimestamp', 'kept'],
  ['context.location.country', 'kept: two letters of ISO 3166-1'],
  ['traits.country', 'kept: two letters of ISO 3166-1, `ZZ` for everything else'],
  ['context.userAgent', 'never stored: device, system and browser are read from it'],
  ['context.page.url', 'never stored: only its path, where there is no other'],
  ['context.page.search', 'never stored'],
  ['context.consent.categoryPreferences', 'never stored: granted, denied or unknown is read from it'],
])

const byEvent: ReadonlyMap<string, readonly PolicyField[]> = new Map(
  [...eventCatalogue.map(({ name }): string => name), 'identify', 'group', 'alias'].map((name) => [
    name,
    [...ownFields(name), ...sharedFields],
  ]),
)

/** The fields of an event of the catalogue, or of identify, group and alias, that a rule may name; undefined for a custom event. */
export function policyFields(event: string): readonly PolicyField[] | undefined {
  return byEvent.get(event)
}

/** The events whose fields are declared. */
export function declaredEvents(): readonly string[] {
  return [...byEvent.keys()]
}

function ownFields(event: string): readonly PolicyField[] {
  const part = event === 'identify' ? 'traits' : 'properties'
  return (piiFields(event) ?? [])
    .map(({ path, pii, optional }) => ({ field: [part, ...path].join('.'), mark: pii, optional }))
    .filter(({ field }) => !fixedFields.has(field))
}
