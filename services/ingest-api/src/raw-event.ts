/** How many events a body seems to hold, before any of it is judged. */
export function countEvents(body: unknown): number {
  return Math.max(1, eventsOf(body)?.length ?? 1)
}

/** The event as it was sent, by its place in the body. */
export function rawEventAt(body: unknown, index: number): unknown {
  const events = eventsOf(body)
  return events === undefined ? body : events[index]
}

/** An event of the body together with the context that the body gives for all of them. */
export function withSharedContext(raw: unknown, body: unknown): unknown {
  if (!isObject(raw) || !isObject(body) || raw === body || !isObject(body.context)) return raw
  return { ...raw, context: { ...body.context, ...(isObject(raw.context) ? raw.context : {}) } }
}

function eventsOf(body: unknown): readonly unknown[] | undefined {
  if (Array.isArray(body)) return body
  return isObject(body) && Array.isArray(body.batch) ? body.batch : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
