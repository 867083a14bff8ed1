import { Fault } from '@millrace/contracts/fault'

/** Connection exception, transaction rollback, insufficient resources, object in use, operator intervention, I/O error. */
const SQLSTATE_CLASSES = /^(08|40|53|55|57|58)[0-9A-Z]{3}$/
const SYSTEM_CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'],
  ...['ENETUNREACH', 'ENETDOWN'],
])
/** What pg and its pool say without a code when a connection breaks or cannot be had. */
const CONNECTION_LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (was closed|has encountered a connection error) and is not queryable)/

/** Whether the error is of a kind that passes by itself: also when Postgres, asked directly, is away. */
export function isWeather(error: unknown): boolean {
  if (error instanceof Fault) return error.retryable
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown }
  if (typeof code === 'string') return SYSTEM_CODES.has(code) || SQLSTATE_CLASSES.test(code)
  return typeof message === 'string' && CONNECTION_LOST.test(message)
}
