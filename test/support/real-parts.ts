import { randomBytes } from 'node:crypto'
import { createTestBucket } from './create-test-bucket.ts'
import type { S3Address } from './servers/start-s3.ts'
import { testKafka, testRedis, testS3 } from './servers.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

export interface RealServers {
  readonly kafka: { readonly brokers: string }
  readonly s3: S3Address
  readonly redis: { readonly url: string }
}

/** The run's Kafka, S3 server and Redis. @throws ServerMissing */
export async function realServers(): Promise<RealServers> {
  return { kafka: await testKafka(), s3: await testS3(), redis: await testRedis() }
}

export interface RealParts {
  readonly database: TestDatabase
  /** What a service has to be told of topics, a bucket, keys and a database of the caller's own. */
  readonly env: Readonly<Record<string, string>>
}

/** Drop the database when done; the rest goes with the servers. */
export async function makeRealParts({ kafka, s3, redis }: RealServers): Promise<RealParts> {
  const database = await createTestDatabase()
  const prefix = `test-${randomBytes(6).toString('hex')}`
  const aws = {
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    AWS_REGION: s3.region,
  }
  // The SDK reads them from its process, and some commands run in this one.
  Object.assign(process.env, aws)
  return {
    database,
    env: {
      DATABASE_URL: database.url,
      KAFKA_BROKERS: kafka.brokers,
      KAFKA_PREFIX: `${prefix}.`,
      S3_BUCKET: await createTestBucket(s3),
      S3_ENDPOINT: s3.endpoint,
      ...aws,
      REDIS_URL: redis.url,
      REDIS_PREFIX: prefix,
    },
  }
}
