import { scrubText } from '@millrace/scrub/scrub-text'

/** Figures alone may be a telephone number. */
const SANE = /^(?=\d*[A-Za-z_-])[A-Za-z0-9_-]{1,64}$/

/** The client's `X-Request-Id` where it is harmless in a log line and a header and names nobody, else a new one. */
export function requestIdOf(
  header: string | readonly string[] | undefined,
  newRequestId: () => string,
): string {
  const harmless = typeof header === 'string' && SANE.test(header) && scrubText(header) === header
  return harmless ? header : newRequestId()
}
