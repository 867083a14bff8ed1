import type { NamedEvent } from './event-name.ts'
import type { Problem } from './problem.ts'
import type { WriteKey } from './write-key.ts'

/** Why this key may not send this event; undefined when it may. */
export function notPermitted(
  named: Exclude<NamedEvent, { kind: 'unnamed' }>,
  sentName: string | null | undefined,
  key: WriteKey,
): Problem | undefined {
  const path = named.kind === 'call' ? 'type' : 'event'
  if (key.kind === 'public' && wantsSecret(named)) {
    return { code: 'not_permitted', path, detail: 'expected a secret key for this event' }
  }
  if (key.events && !key.events.includes(nameOf(named)) && !(sentName && key.events.includes(sentName))) {
    return { code: 'not_permitted', path, detail: 'expected an event that this write key may send' }
  }
  return undefined
}

function wantsSecret(named: Exclude<NamedEvent, { kind: 'unnamed' }>): boolean {
  // alias alone can merge two users, so nobody may do it from a page.
  return named.kind === 'known' ? named.contract.secretOnly : named.kind === 'call' && named.name === 'alias'
}

/** `order_completed`, `identify`, or the name of a custom event. */
export function nameOf(named: Exclude<NamedEvent, { kind: 'unnamed' }>): string {
  return named.kind === 'known' ? named.contract.name : named.name
}
