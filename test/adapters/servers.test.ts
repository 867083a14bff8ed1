import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { metadataLevelOf } from '../support/kafka-metadata-level.ts'
import { sendToS3 } from '../support/send-to-s3.ts'
import { askTcp } from '../support/servers/ask-tcp.ts'
import { describeWith, testKafka, testPostgres15, testRedis, testS3 } from '../support/servers.ts'

// What the other tests are worth depends on the servers being those that the promises name.

await describeWith(testKafka, 'Kafka', ({ brokers }) => {
  test('every broker is a 4.3', async () => {
    // 29 is 4.2-IV1, 30 is 4.3-IV0, 31 is 4.4-IV0.
    expect(await Promise.all(brokers.split(',').map(metadataLevelOf))).toEqual(
      brokers.split(',').map(() => 30),
    )
  })
})

await describeWith(testRedis, 'Redis', ({ url }) => {
  test('its major version is 7', async () => {
    const info = await askTcp(new URL(url).host, 'INFO server\r\n')
    expect(info.toString()).toMatch(/redis_version:7\./)
  })
})

await describeWith(testS3, 'S3', (s3) => {
  const newBucket = async (): Promise<string> => {
    const path = `/test-${randomBytes(6).toString('hex')}`
    expect((await sendToS3(s3, { method: 'PUT', path })).status).toBe(200)
    return path
  }

  test('a request that is signed with a wrong secret is refused', async () => {
    const path = `${await newBucket()}/object`
    const stranger = { ...s3, secretAccessKey: 'wrong' }
    const refused = await sendToS3(stranger, { method: 'PUT', path, body: 'x' })
    expect([refused.status, await refused.text()]).toEqual([
      403,
      expect.stringContaining('SignatureDoesNotMatch'),
    ])
    expect((await sendToS3(s3, { method: 'GET', path })).status).toBe(404)
  })

  test('a second put with If-None-Match is refused and changes nothing', async () => {
    const path = `${await newBucket()}/object`
    const headers = { 'If-None-Match': '*' }
    expect((await sendToS3(s3, { method: 'PUT', path, body: 'first', headers })).status).toBe(200)
    expect((await sendToS3(s3, { method: 'PUT', path, body: 'second', headers })).status).toBe(412)
    expect(await (await sendToS3(s3, { method: 'GET', path })).text()).toBe('first')
  })

  test('of ten puts at once with If-None-Match one wins', async () => {
    const path = `${await newBucket()}/object`
    const headers = { 'If-None-Match': '*' }
    const bodies = Array.from({ length: 10 }, (_, n) => `body ${n}`)
    const answers = await Promise.all(
      bodies.map((body) => sendToS3(s3, { method: 'PUT', path, body, headers })),
    )
    const won = answers.map(({ status }) => status).indexOf(200)
    // 409 asks for another try, as S3 itself does.
    expect(answers.filter(({ status }) => status === 412 || status === 409)).toHaveLength(9)
    expect(await (await sendToS3(s3, { method: 'GET', path })).text()).toBe(bodies[won])
  })
})

await describeWith(testPostgres15, 'Postgres 15', ({ url }) => {
  test('it is the oldest that is supported', async () => {
    expect(await majorOf(url)).toBe(15)
  })
})

test('the Postgres of the other tests is 18', async (context) => {
  context.skip(Boolean(process.env.TEST_POSTGRES_URL), 'TEST_POSTGRES_URL names another, which may be newer')
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
