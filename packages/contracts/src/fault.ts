/** What can go wrong outside the data: a server away, a disk full, a wrong setting. Bad data is a value, never a Fault. */
export type FaultCode =
  | 'config_invalid'
  | 'log_unavailable'
  | 'archive_unavailable'
  | 'database_unavailable'
  | 'queue_unavailable'
  | 'already_running'
  | 'position_moved'
  | 'contract_broken'

const RETRYABLE: ReadonlySet<FaultCode> = new Set([
  'log_unavailable',
  'archive_unavailable',
  'database_unavailable',
  'queue_unavailable',
  'position_moved',
])

/** The one error class of Millrace. The code decides status and retry; the cause is kept. */
export class Fault extends Error {
  readonly code: FaultCode
  readonly retryable: boolean

  constructor(code: FaultCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Fault'
    this.code = code
    this.retryable = RETRYABLE.has(code)
  }
}
