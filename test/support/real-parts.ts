import { randomBytes } from 'node:crypto'
import { createTestBucket } from './create-test-bucket.ts'
import { awsEnv, type Parts, partsEnv } from './parts-env.ts'
import { testKafka, testRedis, testS3 } from './servers.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

/** The run's Kafka, S3 server and Redis. @throws ServerMissing */
export async function realServers(): Promise<Parts> {
  return { kafka: await testKafka(), s3: await testS3(), redis: await testRedis() }
}

export interface RealParts {
  readonly database: TestDatabase
  /** What a service has to be told of topics, a bucket, keys and a database of the caller's own. */
  readonly env: Readonly<Record<string, string>>
}

/** Drop the database when done; the rest goes with the servers. */
export async function makeRealParts(servers: Parts): Promise<RealParts> {
  const database = await createTestDatabase()
  const prefix = `test-${randomBytes(6).toString('hex')}`
  // The SDK reads them from its process, and some commands run in this one.
  Object.assign(process.env, awsEnv(servers.s3))
  const bucket = await createTestBucket(servers.s3)
  return {
    database,
    env: {
      ...partsEnv(servers, bucket, database.url),
      KAFKA_PREFIX: `${prefix}.`,
      REDIS_PREFIX: prefix,
    },
  }
}
