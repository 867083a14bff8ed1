import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { askTcp } from './ask-tcp.ts'
import { type StartedContainer, startContainer } from './container-engine.ts'
import { freePort, freePorts } from './free-ports.ts'
import { KAFKA_VERSION } from './install-kafka.ts'
import { S3_VERSION } from './install-s3.ts'
import { seesBrokers } from './kafka-is-ready.ts'
import { kafkaSettings } from './kafka-properties.ts'
import { S3_REGION } from './start-s3.ts'

/** A server of the run in a container: what its users are told, and how it is stopped. */
export interface ContainerServer extends StartedContainer {
  readonly address: Readonly<Record<string, string>>
}

type OpenContainer = (engine: string) => Promise<ContainerServer>

export const kafkaContainer: OpenContainer = async (engine) => {
  const [port = 0, controller = 0] = await freePorts(2)
  const cluster = { brokers: [{ listeners: { PLAINTEXT: port }, controller }], protocols: {}, properties: {} }
  const settings = {
    ...kafkaSettings(cluster, 0, '/tmp/kafka-log'),
    // Reached from outside, so bound to the container's own address too.
    listeners: `PLAINTEXT://:${port},CONTROLLER://127.0.0.1:${controller}`,
  }
  const env = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      `KAFKA_${name.replaceAll('.', '_').toUpperCase()}`,
      String(value),
    ]),
  )
  const container = await startContainer(engine, {
    title: 'Kafka',
    image: `apache/kafka:${KAFKA_VERSION}`,
    port,
    env: { ...env, KAFKA_HEAP_OPTS: '-Xms64m -Xmx256m' },
    isReady: () => seesBrokers(`127.0.0.1:${port}`, 1),
  })
  return { ...container, address: { brokers: `127.0.0.1:${port}` } }
}

export const redisContainer: OpenContainer = async (engine) => {
  const port = await freePort()
  const container = await startContainer(engine, {
    title: 'Redis',
    image: 'redis:7.2.4-alpine',
    port,
    args: ['redis-server', '--port', String(port), '--save', '', '--maxmemory-policy', 'noeviction'],
    isReady: async () => (await askTcp(`127.0.0.1:${port}`, 'PING\r\n')).toString().startsWith('+PONG'),
  })
  return { ...container, address: { url: `redis://127.0.0.1:${port}` } }
}

export const s3Container: OpenContainer = async (engine) => {
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const [accessKeyId, secretAccessKey] = ['millrace-test', randomBytes(16).toString('hex')]
  const container = await startContainer(engine, {
    title: 'The S3 server',
    image: `versity/versitygw:v${S3_VERSION}`,
    port,
    env: { ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
    args: ['--quiet', '--port', `:${port}`, '--region', S3_REGION, 'posix', '/srv'],
    isReady: async () => (await fetch(endpoint)).status > 0,
  })
  return { ...container, address: { endpoint, accessKeyId, secretAccessKey, region: S3_REGION } }
}

export const postgres15Container: OpenContainer = async (engine) => {
  const port = await freePort()
  const password = randomBytes(16).toString('hex')
  const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`
  const container = await startContainer(engine, {
    title: 'Postgres 15',
    image: 'postgres:15.8-alpine',
    port,
    env: { POSTGRES_PASSWORD: password },
    args: ['postgres', '-p', String(port), '-c', 'fsync=off', '-c', 'max_connections=200'],
    isReady: () => takesConnections(url),
  })
  return { ...container, address: { url } }
}

async function takesConnections(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } finally {
    await client.end()
  }
}
