import type { EventType } from '@millrace/contracts/parsed-event'

/** How many events a body seems to hold, before any of it is judged. */
export function countEvents(body: unknown): number {
  return Math.max(1, eventsOf(body)?.length ?? 1)
}

/** The event as it was sent, by its place in the body. */
export function rawEventAt(body: unknown, index: number): unknown {
  const events = eventsOf(body)
  return events === undefined ? body : events[index]
}

/** An event of the body with what the request said for all: the type that its path implies, and its context. */
export function asIfAlone(raw: unknown, body: unknown, defaultType: EventType | undefined): unknown {
  if (!isObject(raw)) return raw
  const shared = isObject(body) && raw !== body && isObject(body.context) ? body.context : undefined
  const own = isObject(raw.context) ? raw.context : {}
  return {
    ...raw,
    ...(defaultType !== undefined && { type: raw.type ?? defaultType }),
    ...(shared !== undefined && { context: { ...shared, ...own } }),
  }
}

function eventsOf(body: unknown): readonly unknown[] | undefined {
  if (Array.isArray(body)) return body
  return isObject(body) && Array.isArray(body.batch) ? body.batch : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
