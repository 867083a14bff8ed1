import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { askTcp } from '../support/servers/ask-tcp.ts'
import { describeWith, testKafka, testPostgres15, testRedis, testS3 } from '../support/servers.ts'

await describeWith(testRedis, 'Redis', ({ url }) => {
  test('its major version is 7', async () => {
    const info = await askTcp(Number(new URL(url).port), 'INFO server\r\n')
    expect(info.toString()).toMatch(/redis_version:7\./)
  })
})

await describeWith(testPostgres15, 'Postgres 15', ({ url }) => {
  test('it is the oldest that is supported', async () => {
    expect(await majorOf(url)).toBe(15)
  })
})

await describeWith(testKafka, 'Kafka', ({ brokers }) => {
  test('it answers', () => expect(brokers).toMatch(/:/))
})
await describeWith(testS3, 'S3', ({ endpoint }) => {
  test('it answers', () => expect(endpoint).toMatch(/:/))
})

test('the Postgres of the other tests is 18', async () => {
  expect(await majorOf(inject('postgresUrl'))).toBe(18)
})

async function majorOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ version: string }>(
      `select current_setting('server_version_num') as version`,
    )
    return Math.floor(Number(rows[0]?.version) / 10_000)
  } finally {
    await client.end()
  }
}
