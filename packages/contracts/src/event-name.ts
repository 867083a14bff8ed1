import { EVENT_NAME_EXPECTED } from './envelope.ts'
import { eventContract } from './event-catalogue.ts'
import type { EventContract } from './event-contract.ts'
import { pageViewed } from './events/page-viewed.ts'
import type { EventType } from './parsed-event.ts'
import { type Problem, schemaInvalid } from './problem.ts'
import { segmentContract } from './segment-names.ts'

/** What an event is, by its type and name. */
export type NamedEvent =
  | { readonly kind: 'known'; readonly contract: EventContract; readonly segment: boolean }
  | { readonly kind: 'custom'; readonly name: string }
  | { readonly kind: 'call'; readonly name: 'identify' | 'group' | 'alias' }
  | { readonly kind: 'unnamed'; readonly problem: Problem }

const CALLS: ReadonlySet<string> = new Set(['identify', 'group', 'alias'])
// Names are stored and shown as they are, so none may be an address: no @, also not as %40.
const CUSTOM_NAME = /^(?!.*(?:@|%40))[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,100}$/u

/** Looks an event up: by its canonical name, by Segment's name for it, else it is a custom event. */
export function nameEvent(type: EventType, event: string | null | undefined): NamedEvent {
  if (type === 'track') return nameTracked(event)
  if (type === 'page' || type === 'screen') return { kind: 'known', contract: pageViewed, segment: true }
  return { kind: 'call', name: type }
}

function nameTracked(event: string | null | undefined): NamedEvent {
  if (typeof event !== 'string') return unnamed(`missing, ${EVENT_NAME_EXPECTED}`)
  const contract = eventContract(event)
  if (contract) return { kind: 'known', contract, segment: false }
  const segments = segmentContract(event)
  if (segments) return { kind: 'known', contract: segments, segment: true }
  if (CALLS.has(event))
    return unnamed('expected a name other than identify, group and alias, which are types')
  if (!CUSTOM_NAME.test(event)) return unnamed(EVENT_NAME_EXPECTED)
  return { kind: 'custom', name: event }
}

function unnamed(detail: string): NamedEvent {
  return { kind: 'unnamed', problem: schemaInvalid('event', detail) }
}
