/**
 * What an error of the SDK means. `absent`: no such object. `changed`: the condition of a write does not hold. `refused`:
 * trying again will not help, somebody has to change a setting. `weather`: it may.
 */
export type Failure = 'absent' | 'changed' | 'refused' | 'weather'

interface SdkError {
  readonly name?: string
  readonly code?: string
  readonly message?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** What the SDK says where nothing tells the region. */
export const REGION_MISSING = 'Region is missing'

/** Refusals that pass: a clock that the SDK corrects, a token that is renewed. */
const PASSING = new Set(['RequestTimeTooSkewed', 'RequestExpired', 'ExpiredToken', 'ExpiredTokenException'])
/** 501 says of a server that it does not know conditional writes. */
const REFUSING_STATUS = new Set([301, 307, 401, 403, 501])
const REFUSING_NAME = new Set([
  'NoSuchBucket',
  'InvalidBucketName',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'CredentialsProviderError',
])

/** The second is the SDK's own for a HEAD, which is answered without a body. */
const ABSENT = new Set(['NoSuchKey', 'NotFound'])

export function whatFailed(error: unknown): Failure {
  const { name = '', message = '' } = error as SdkError
  const status = statusOf(error)
  if (PASSING.has(name)) return 'weather'
  if (REFUSING_NAME.has(name) || REFUSING_STATUS.has(status)) return 'refused'
  if (message === REGION_MISSING) return 'refused'
  if (ABSENT.has(name)) return 'absent'
  if (status === 404) return 'refused'
  if (status === 412) return 'changed'
  return 'weather'
}

/** In words for people: what S3 said, never what it was sent. */
export function reasonOf(error: unknown): string {
  const { name = 'Error', code, message = '' } = error as SdkError
  if (name === 'CredentialsProviderError') return 'no credentials were found'
  if (name === 'TimeoutError') return 'it does not answer'
  if (name === 'AbortError') return 'it takes too long'
  // An answer without a body has only a status.
  if (message === '' || /^(Unknown|UnknownError|\d+)$/.test(message))
    return code ?? `${name} ${statusOf(error)}`
  const label = code ?? name
  return label === 'Error' || message.includes(label) ? message : `${label}: ${message}`
}

/** A copy without what the SDK hangs on its errors: requests, responses, key ids and strings to sign. */
export function withoutSecrets(error: unknown): Error {
  const { name = 'Error', stack } = error as Error
  const copy = new Error(reasonOf(error))
  copy.name = name
  if (stack) copy.stack = stack
  return copy
}

function statusOf(error: unknown): number {
  return (error as SdkError).$metadata?.httpStatusCode ?? 0
}
