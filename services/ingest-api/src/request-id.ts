const SANE = /^[A-Za-z0-9_-]{1,64}$/

/** The client's `X-Request-Id` where it is harmless in a log line and a header, else a new one. */
export function requestIdOf(
  header: string | readonly string[] | undefined,
  newRequestId: () => string,
): string {
  return typeof header === 'string' && SANE.test(header) ? header : newRequestId()
}
