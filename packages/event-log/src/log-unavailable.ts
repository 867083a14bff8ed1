import { Fault } from '@millrace/contracts/fault'

/** Weather of the log, with the reason that the server or the network gave. */
export function logUnavailable(what: string, cause: unknown): Fault {
  if (cause instanceof Fault) return cause
  const { code, message } = (cause ?? {}) as { code?: string; message?: string }
  const reason = [code, message].filter(Boolean).join(' ')
  return new Fault('log_unavailable', `${what}: ${reason || 'unknown reason'}`, { cause })
}
