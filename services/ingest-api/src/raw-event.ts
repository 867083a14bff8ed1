import type { EventType } from '@millrace/contracts/parsed-event'

type Fields = Readonly<Record<string, unknown>>

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
    ...(shared !== undefined && { context: { ...shared, ...own, ...consentOfBoth(shared, own) } }),
  }
}

/** As for a good event: a category of which the event says nothing keeps the batch's answer. */
function consentOfBoth(shared: Fields, own: Fields): Fields {
  const ofAll = preferencesIn(shared)
  const ofOne = preferencesIn(own)
  return isObject(ofAll) && isObject(ofOne)
    ? { consent: { categoryPreferences: { ...ofAll, ...ofOne } } }
    : {}
}

/** Empty where nothing is said; what cannot be read is neither. */
function preferencesIn({ consent }: Fields): unknown {
  const answer = consent ?? {}
  return isObject(answer) ? (answer.categoryPreferences ?? {}) : answer
}

function eventsOf(body: unknown): readonly unknown[] | undefined {
  if (Array.isArray(body)) return body
  return isObject(body) && Array.isArray(body.batch) ? body.batch : undefined
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
