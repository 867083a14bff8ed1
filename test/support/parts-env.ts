import type { S3Address } from './servers/start-s3.ts'

export interface Parts {
  readonly kafka: { readonly brokers: string }
  readonly s3: S3Address
  readonly redis: { readonly url: string }
}

/** How a process is told of Kafka, a bucket, Redis and a database. */
export function partsEnv({ kafka, s3, redis }: Parts, bucket: string, databaseUrl: string) {
  return {
    KAFKA_BROKERS: kafka.brokers,
    ...bucketEnv(s3, bucket),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redis.url,
  }
}

/** How a process is told of a bucket. */
export function bucketEnv(s3: S3Address, bucket: string) {
  return { S3_BUCKET: bucket, S3_ENDPOINT: s3.endpoint, ...awsEnv(s3) }
}

/** Region and credentials, by the names that Amazon's client reads. */
export function awsEnv({ region, accessKeyId, secretAccessKey }: S3Address) {
  return { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
}
