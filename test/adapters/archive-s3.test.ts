import { createS3Archive } from '@millrace/archive/s3'
import { afterAll, beforeAll } from 'vitest'
import { createTestBucket, type TestBucket } from '../support/create-test-bucket.ts'
import { describeWith, testS3 } from '../support/servers.ts'
import { describeArchive } from './archive-suite.ts'

await describeWith(testS3, 'S3', (server) => {
  const { endpoint, region, ...credentials } = server
  let shared: TestBucket
  beforeAll(async () => {
    shared = await createTestBucket(server)
  })
  afterAll(() => shared.remove())

  describeArchive('S3', async () => createS3Archive({ bucket: shared.bucket, endpoint, region, credentials }))
  describeArchive('S3, below a prefix', async () =>
    createS3Archive({ bucket: shared.bucket, prefix: 'deep/er', endpoint, region, credentials }),
  )
})
