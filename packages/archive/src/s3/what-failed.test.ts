import { expect, test } from 'vitest'
import { reasonOf, whatFailed, withoutSecrets } from './what-failed.ts'

/** An error as the SDK throws it. */
function sdkError(name: string, status?: number, more: object = {}): Error {
  return Object.assign(new Error('as S3 says'), { name, $metadata: { httpStatusCode: status }, ...more })
}

test.each([
  ['absent', sdkError('NoSuchKey', 404)],
  ['absent', sdkError('NotFound', 404)],
  ['changed', sdkError('PreconditionFailed', 412)],
  ['refused', sdkError('NoSuchBucket', 404)],
  ['refused', sdkError('AccessDenied', 403)],
  ['refused', sdkError('InvalidAccessKeyId', 403)],
  ['refused', sdkError('PermanentRedirect', 301)],
  ['refused', sdkError('AuthorizationHeaderMalformed', 400)],
  ['refused', sdkError('NotImplemented', 501)],
  ['refused', sdkError('CredentialsProviderError')],
  ['refused', new Error('Region is missing')],
  ['weather', sdkError('ExpiredToken', 400)],
  ['weather', sdkError('RequestTimeTooSkewed', 403)],
  ['weather', sdkError('ConditionalRequestConflict', 409)],
  ['weather', sdkError('SlowDown', 503)],
  ['weather', sdkError('BadDigest', 400)],
  ['weather', sdkError('TimeoutError')],
  ['weather', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
])('%s: %s', (failure, error) => {
  expect(whatFailed(error)).toBe(failure)
})

test.each([
  ['SlowDown: as S3 says', sdkError('SlowDown', 503)],
  ['it does not answer', sdkError('TimeoutError')],
  ['no credentials were found', sdkError('CredentialsProviderError')],
  ['read ECONNRESET', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
  ['ECONNREFUSED', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })],
  ['Forbidden 403', Object.assign(sdkError('Forbidden', 403), { message: 'UnknownError' })],
])('the reason is %j', (reason, error) => {
  expect(reasonOf(error)).toBe(reason)
})

test('what the SDK hangs on an error is not kept', () => {
  const error = sdkError('SignatureDoesNotMatch', 403, { AWSAccessKeyId: 'AKIA', StringToSign: 'AWS4' })
  const kept = withoutSecrets(error)
  expect(Object.keys(kept)).toEqual(['name'])
  expect(kept).toMatchObject({ name: 'SignatureDoesNotMatch', message: 'SignatureDoesNotMatch: as S3 says' })
})
