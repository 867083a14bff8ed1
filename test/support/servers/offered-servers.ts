import { kafkaContainer, postgres15Container, redisContainer, s3Container } from './containers.ts'
import { startKafka } from './start-kafka.ts'
import { startPostgres } from './start-postgres.ts'
import { startRedis } from './start-redis.ts'
import { S3_REGION, startS3 } from './start-s3.ts'

export type Environment = Readonly<Record<string, string | undefined>>
type Address = Readonly<Record<string, string>>

/** A server that runs for the whole run: what its users are told, and how it is stopped. */
export interface Offered {
  readonly address: Address
  stop(): Promise<void>
}

/** The ways to have a server, in the order in which they are tried. */
export interface ServerChoice {
  fromEnvironment(env: Environment): Address | undefined
  inContainer(engine: string): Promise<Offered>
  start(): Promise<Offered>
}

/** By the name under which tests ask for them. */
export const SERVERS: Readonly<Record<string, ServerChoice>> = {
  kafka: {
    fromEnvironment: ({ TEST_KAFKA_BROKERS: brokers }) => (brokers ? { brokers } : undefined),
    inContainer: kafkaContainer,
    async start() {
      // Nobody kills it, and a busy machine may let it wait.
      const patient = { 'broker.session.timeout.ms': '20000' }
      const { brokers, stop } = await startKafka({ properties: patient })
      return { address: { brokers }, stop }
    },
  },
  redis: {
    fromEnvironment: ({ TEST_REDIS_URL: url }) => (url ? { url } : undefined),
    inContainer: redisContainer,
    async start() {
      const { url, stop } = await startRedis()
      return { address: { url }, stop }
    },
  },
  s3: {
    fromEnvironment(env) {
      const { TEST_S3_ENDPOINT: endpoint, TEST_S3_REGION: region = S3_REGION } = env
      const { TEST_S3_ACCESS_KEY: accessKeyId = '', TEST_S3_SECRET_KEY: secretAccessKey = '' } = env
      return endpoint ? { endpoint, accessKeyId, secretAccessKey, region } : undefined
    },
    inContainer: s3Container,
    async start() {
      const { endpoint, accessKeyId, secretAccessKey, region, stop } = await startS3()
      return { address: { endpoint, accessKeyId, secretAccessKey, region }, stop }
    },
  },
  'postgres-15': {
    fromEnvironment: ({ TEST_POSTGRES_15_URL: url }) => (url ? { url } : undefined),
    inContainer: postgres15Container,
    async start() {
      const { url, stop } = await startPostgres({ major: 15 })
      return { address: { url }, stop }
    },
  },
}
