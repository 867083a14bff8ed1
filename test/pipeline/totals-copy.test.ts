import { copyRows } from '@millrace/warehouse/write/copy-rows'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  await database.pool.query('create table warehouse.copied (n int, text text, amount float8, flag boolean)')
})
afterAll(() => database.drop())

/** Everything that text may hold, with what means something to COPY more often. NUL is no text to Postgres. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('\t', '\n', '\r', '\\', '\\N', '\\.', '\b', '\v', '\f', '\u2028', '"', "'", '\x7f', ''),
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join('').replaceAll('\0', ''))

const row = fc.tuple(
  fc.option(text),
  fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((amount) => amount + 0)),
  fc.option(fc.boolean()),
)

test('whatever a row holds comes back as it was', async () => {
  const client = await database.pool.connect()
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), async (rows) => {
        await client.query('begin')
        await copyRows(
          client,
          'copied',
          ['n', 'text', 'amount', 'flag'],
          rows.map((values, n) => [n, ...values]),
        )
        const found = await client.query('select text, amount, flag from warehouse.copied order by n')
        await client.query('rollback')
        expect(found.rows.map(Object.values)).toEqual(rows)
      }),
      { numRuns: 60 },
    )
  } finally {
    client.release(true)
  }
})

test('no rows are no statement', async () => {
  const client = await database.pool.connect()
  await copyRows(client, 'no_such_table', ['n'], [])
  client.release()
})
