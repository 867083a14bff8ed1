// W3C trace context: version (ff is not one), trace id and parent id (all zeros are none), flags.
const TRACE_PARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The request's `traceparent` where it is well-formed. */
export function traceParentOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' && TRACE_PARENT.test(header) ? header : undefined
}
