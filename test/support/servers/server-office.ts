import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ServerMissing } from './server-missing.ts'
import { startKafka } from './start-kafka.ts'
import { startPostgres } from './start-postgres.ts'
import { startRedis } from './start-redis.ts'
import { S3_REGION, startS3 } from './start-s3.ts'

/** A server that runs for the whole run: what its users are told, and how it is stopped where it is ours. */
interface Offered {
  readonly address: Readonly<Record<string, string>>
  stop(): Promise<void>
}

type Environment = Readonly<Record<string, string | undefined>>

export interface ServerOffice {
  readonly url: string
  close(): Promise<void>
}

/** Starts a server when a test first asks for it, `GET /kafka`, and answers with its address; all stop with `close`. */
export async function openServerOffice(env: Environment): Promise<ServerOffice> {
  const offered = new Map<string, Promise<Offered>>()
  const office = createServer(async ({ url = '' }, response) => {
    const name = url.slice(1)
    const open = OPENERS[name]
    if (!open) return answer(response, 404, { error: `there is no server ${name}` })
    const offer = offered.get(name) ?? open(env)
    offered.set(name, offer)
    await offer.then(
      ({ address }) => answer(response, 200, address),
      (error: Error) =>
        error instanceof ServerMissing
          ? answer(response, 503, { missing: error.message })
          : answer(response, 500, { error: error.message }),
    )
  })
  await new Promise<void>((resolve) => office.listen(0, '127.0.0.1', resolve))
  // It must not keep vitest from ending.
  office.unref()
  return {
    url: `http://127.0.0.1:${(office.address() as AddressInfo).port}`,
    async close() {
      await closeServer(office)
      const started = await Promise.allSettled(offered.values())
      await Promise.all(
        started.map((result) => (result.status === 'fulfilled' ? result.value.stop() : undefined)),
      )
    },
  }
}

const OPENERS: Readonly<Record<string, (env: Environment) => Promise<Offered>>> = {
  async kafka({ TEST_KAFKA_BROKERS: brokers }) {
    if (brokers) return given({ brokers })
    // Nobody kills it: a busy machine may let it wait.
    const { brokers: started, stop } = await startKafka({
      properties: { 'broker.session.timeout.ms': '20000' },
    })
    return { address: { brokers: started }, stop }
  },
  async redis({ TEST_REDIS_URL: url }) {
    if (url) return given({ url })
    const redis = await startRedis()
    return { address: { url: redis.url }, stop: redis.stop }
  },
  async s3(env) {
    const { TEST_S3_ENDPOINT: endpoint, TEST_S3_ACCESS_KEY: accessKeyId = '' } = env
    const { TEST_S3_SECRET_KEY: secretAccessKey = '', TEST_S3_REGION: region = S3_REGION } = env
    if (endpoint) return given({ endpoint, accessKeyId, secretAccessKey, region })
    const { nodes: _nodes, stop, ...address } = await startS3()
    return { address: { ...address }, stop }
  },
  async 'postgres-15'({ TEST_POSTGRES_15_URL: url }) {
    if (url) return given({ url })
    const postgres = await startPostgres({ major: 15 })
    return { address: { url: postgres.url }, stop: postgres.stop }
  },
}

/** A server that the environment names is not ours to stop. */
function given(address: Offered['address']): Offered {
  return { address, stop: async () => {} }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
