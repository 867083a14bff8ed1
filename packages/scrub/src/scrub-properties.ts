import { piiFields } from '@millrace/contracts/pii-fields'
import type { Pseudonyms } from './pseudonym.ts'
import { scrubId } from './scrub-id.ts'
import { scrubText } from './scrub-text.ts'
import { scrubUrl } from './scrub-url.ts'

type Fields = Readonly<Record<string, unknown>>

/** Scrubs the properties of a catalogue event: only the fields that its contract marks are looked at. */
export function scrubProperties(event: string, properties: Fields, pseudonym: Pseudonyms): Fields {
  let scrubbed = properties
  for (const { path, pii } of piiFields(event) ?? []) {
    const scrub =
      pii === 'text' ? scrubText : pii === 'url' ? scrubUrl : (id: string) => scrubId(id, pseudonym)
    scrubbed = scrubAt(scrubbed, path, 0, scrub) as Fields
  }
  return scrubbed
}

/** Copies only what changes: an event without personal data keeps its object. */
function scrubAt(
  value: unknown,
  path: readonly string[],
  from: number,
  scrub: (text: string) => string,
): unknown {
  if (from === path.length) return typeof value === 'string' ? scrub(value) : value
  const step = path[from] as string
  if (step === '*') {
    if (!Array.isArray(value)) return value
    const items = value.map((item) => scrubAt(item, path, from + 1, scrub))
    return items.some((item, i) => item !== value[i]) ? items : value
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return value
  const before = (value as Fields)[step]
  const after = scrubAt(before, path, from + 1, scrub)
  return after === before ? value : { ...value, [step]: after }
}
