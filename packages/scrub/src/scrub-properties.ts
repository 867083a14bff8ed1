import type { Found } from './found.ts'
import type { FieldStep } from './policy-plans.ts'

type Fields = Readonly<Record<string, unknown>>

/** Scrubs the properties of a catalogue event: only the fields that its contract marks are looked at. */
export function scrubProperties(properties: Fields, steps: readonly FieldStep[], found: Found): Fields {
  let scrubbed = properties
  for (const step of steps) scrubbed = scrubAt(scrubbed, step, 0, found) as Fields
  return scrubbed
}

/** Copies only what changes: an event without personal data keeps its object. Undefined drops a field. */
function scrubAt(value: unknown, step: FieldStep, from: number, found: Found): unknown {
  const { path, field, treat } = step
  if (from === path.length) return typeof value === 'string' ? treat(value, field, found) : value
  const name = path[from] as string
  if (name === '*') return scrubEntries(value, step, from + 1, found)
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return value
  const before = (value as Fields)[name]
  const after = scrubAt(before, step, from + 1, found)
  if (after === before) return value
  if (after !== undefined) return { ...value, [name]: after }
  const { [name]: _dropped, ...rest } = value as Fields
  return rest
}

function scrubEntries(value: unknown, step: FieldStep, from: number, found: Found): unknown {
  if (!Array.isArray(value)) return value
  let kept: unknown[] = value
  for (let index = 0; index < value.length; index++) {
    const after = scrubAt(value[index], step, from, found)
    if (after === value[index]) continue
    if (kept === value) kept = [...value]
    kept[index] = after
  }
  return kept
}
