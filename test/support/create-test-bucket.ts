import { randomBytes } from 'node:crypto'
import { sendToS3 } from './send-to-s3.ts'
import type { S3Address } from './servers/start-s3.ts'

/** Makes a new bucket on the server and returns its name. It stays as long as the server does. */
export async function createTestBucket(s3: S3Address): Promise<string> {
  const bucket = `test-${randomBytes(6).toString('hex')}`
  const { status } = await sendToS3(s3, { method: 'PUT', path: `/${bucket}` })
  if (status !== 200) throw new Error(`the S3 server answered ${status} when asked for a bucket`)
  return bucket
}
