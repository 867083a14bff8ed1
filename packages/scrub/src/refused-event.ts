import { nameEvent } from '@millrace/contracts/event-name'
import type { EventType } from '@millrace/contracts/parsed-event'
import type { RuledEvent } from './find-rule.ts'

const TYPES: ReadonlySet<unknown> = new Set<EventType>([
  'track',
  'page',
  'screen',
  'identify',
  'group',
  'alias',
])

/** What a refused event meant to be, as far as it says. */
export function refusedEvent(raw: unknown): RuledEvent {
  const { type = 'track', event } = isObject(raw) ? raw : {}
  const named = nameEvent(
    TYPES.has(type) ? (type as EventType) : 'track',
    typeof event === 'string' ? event : undefined,
  )
  switch (named.kind) {
    case 'known':
      return { name: named.contract.name, custom: false }
    case 'call':
      return { name: named.name, custom: false }
    case 'custom':
      return { name: named.name, custom: true }
    case 'unnamed':
      return { name: '', custom: true }
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
