import { get } from 'node:http'
import { describe, inject, test } from 'vitest'
import { ServerMissing } from './servers/server-missing.ts'
import type { S3Address } from './servers/start-s3.ts'

// The servers of a run, which all tests share: make topics, buckets, databases and key prefixes of your own. Each is
// started when a test first asks for it. For a server that a test may kill see servers/start-*.ts.

/** Kafka 4.3; `brokers` is `host:port`, with commas. @throws ServerMissing */
export const testKafka = (): Promise<{ brokers: string }> => askOffice('kafka')

/** Redis 7. @throws ServerMissing */
export const testRedis = (): Promise<{ url: string }> => askOffice('redis')

/** An S3 server that refuses wrong secrets and honours If-None-Match, without buckets. @throws ServerMissing */
export const testS3 = (): Promise<S3Address> => askOffice('s3')

/** Postgres 15, the oldest that is supported, as superuser. The run's other Postgres is 18: test-database.ts. @throws ServerMissing */
export const testPostgres15 = (): Promise<{ url: string }> => askOffice('postgres-15')

/**
 * Tests that need a server: `await describeWith(testKafka, 'Kafka', ({ brokers }) => { test(…) })` at the top of a file,
 * where starting it may take as long as it takes. One that is missing is a failure in CI, elsewhere a skip that says
 * what to install. The first argument may also be an `install…` of servers/.
 */
export async function describeWith<T>(
  need: () => Promise<T>,
  name: string,
  body: (server: T) => void,
): Promise<void> {
  try {
    const server = await need()
    describe(name, () => body(server))
  } catch (error) {
    const isSkip = error instanceof ServerMissing && !isCi(process.env.CI)
    const why = `${name}: ${(error as Error).message}`
    if (isSkip) process.stderr.write(`skipped: ${why}\n`)
    test.skipIf(isSkip)(why, () => {
      throw error
    })
  }
}

/** As build servers say it, which set CI to `true` or `1`. */
function isCi(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value)
}

/** The first answer may take minutes, while a server is fetched. */
function askOffice<T>(name: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = get(`${inject('serverOffice')}/${name}`, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
      })
      response.once('error', reject)
      response.once('end', () => {
        const { missing, error, ...address } = JSON.parse(body) as Record<string, string>
        if (missing) reject(new ServerMissing(missing))
        else if (error) reject(new Error(error))
        else resolve(address as T)
      })
    })
    request.once('error', reject)
  })
}
