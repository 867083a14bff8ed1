import type { EventType } from '@millrace/contracts/parsed-event'
import { fieldPath } from './field-path.ts'
import { type Found, noteFinding } from './found.ts'
import { kindInside } from './personal-keys.ts'

/** Notes what the contract dropped and, by its name, was personal data: whoever sent it should know. */
export function noteDropped(names: readonly string[], type: EventType, found: Found): void {
  const part = type === 'identify' ? 'traits' : 'properties'
  for (const name of names) {
    const kind = kindInside(name, part, undefined)
    if (kind === undefined || kind === 'user_id' || kind === 'anonymous_id') continue
    noteFinding(found, fieldPath([part, name]), kind, 'drop')
  }
}
