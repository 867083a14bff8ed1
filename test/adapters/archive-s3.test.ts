import { createS3Archive } from '@millrace/archive/s3'
import { beforeAll } from 'vitest'
import { createTestBucket } from '../support/create-test-bucket.ts'
import { describeWith, testS3 } from '../support/servers.ts'
import { describeArchive } from './archive-suite.ts'

await describeWith(testS3, 'S3', (server) => {
  const { endpoint, region, ...credentials } = server
  let bucket: string
  beforeAll(async () => {
    bucket = await createTestBucket(server)
  })

  describeArchive('S3', async () => createS3Archive({ bucket, endpoint, region, credentials }))
  describeArchive('S3, below a prefix', async () =>
    createS3Archive({ bucket, prefix: 'deep/er', endpoint, region, credentials }),
  )
})
