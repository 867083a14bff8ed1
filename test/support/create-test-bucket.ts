import { randomBytes } from 'node:crypto'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import type { S3Address } from './servers/start-s3.ts'

export interface TestBucket {
  readonly bucket: string
  /** To read and write the bucket past the archive. */
  readonly client: S3Client
  remove(): Promise<void>
}

/** A new bucket on the server. Remove it when the test is done. */
export async function createTestBucket({
  endpoint,
  region,
  accessKeyId,
  secretAccessKey,
}: S3Address): Promise<TestBucket> {
  const credentials = { accessKeyId, secretAccessKey }
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  const bucket = `test-${randomBytes(6).toString('hex')}`
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  return {
    bucket,
    client,
    async remove() {
      for (;;) {
        const { Contents: objects = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
        if (objects.length === 0) break
        await Promise.all(
          objects.map(({ Key }) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key }))),
        )
      }
      await client.send(new DeleteBucketCommand({ Bucket: bucket }))
      client.destroy()
    },
  }
}
