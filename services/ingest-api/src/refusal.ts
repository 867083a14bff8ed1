/** Why a request as a whole is not taken. `detail` says what was expected and never repeats what was sent. */
export interface Refusal {
  readonly kind: 'refused'
  readonly status: 400 | 401 | 403 | 408 | 413 | 415 | 429 | 503
  readonly detail: string
  readonly retryAfterSeconds?: number
  /** The rest of the request is not worth reading. */
  readonly closeConnection?: true
}

export function refusal(status: Refusal['status'], detail: string, retryAfterSeconds?: number): Refusal {
  return {
    kind: 'refused',
    status,
    detail,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  }
}
