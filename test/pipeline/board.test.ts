import type { BoardState } from '@millrace/board/board-state'
import { type Board, type BoardDeps, createBoard } from '@millrace/board/create-board'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { createLogger } from '@millrace/runtime/logger'
import { type RunningServer, serve } from '@millrace/runtime/serve'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { expect, onTestFinished, test } from 'vitest'
import { openEventStream } from '../support/event-stream.ts'
import { insertFact } from '../support/insert-facts.ts'
import { onServer } from '../support/on-server.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

interface Running {
  readonly database: TestDatabase
  readonly board: Board
  readonly server: RunningServer
  readonly url: string
  clock: Date
  state(): Promise<BoardState>
}

async function start(given: Partial<BoardDeps> & { inZone?: string } = {}): Promise<Running> {
  const { inZone = 'UTC', ...deps } = given
  const database = await createTestDatabase(inZone)
  onTestFinished(() => database.drop())
  const moment = { clock: new Date('2026-11-20T12:00:00Z') }
  const board = await createBoard({
    databaseUrl: database.url,
    kpis: await loadKpis(),
    now: () => moment.clock,
    timeZone: inZone,
    ingestUrl: 'http://api.example:8080',
    publicKey: 'pk_test',
    refreshSeconds: 0.05,
    logger: createLogger({ service: 'test', level: 'silent' }),
    registry: createServiceMetrics(),
    ...deps,
  })
  const server = await serve(board.app, { port: 0, host: '127.0.0.1' })
  onTestFinished(async () => {
    await server.close()
    await board.close()
  })
  const state = async () => {
    await new Promise((resolve) => setTimeout(resolve, 60))
    return (await (await fetch(`${server.url}/api/state`)).json()) as BoardState
  }
  return Object.assign(moment, { database, board, server, url: server.url, state })
}

const cardOf = (state: BoardState, name: string) => {
  const card = state.kpis.find((kpi) => kpi.name === name)
  if (!card) throw new Error(`no card ${name}`)
  return card
}

test('a KPI has its days of the business, the last one today', async () => {
  const running = await start({ inZone: 'Europe/Vienna' })
  await insertFact(running.database.pool, 'fact_order', '2026-11-19T23:30:00Z', { day: '2026-11-20' })
  await insertFact(running.database.pool, 'fact_order', '2026-11-14T10:00:00Z')
  const state = await running.state()
  expect(state.days).toEqual([14, 15, 16, 17, 18, 19, 20].map((day) => `2026-11-${day}`))
  expect(cardOf(state, 'orders').headline).toEqual([{ dimensions: {}, days: [1, 0, 0, 0, 0, 0, 1] }])
  running.clock = new Date('2026-11-20T23:00:00Z')
  const tomorrow = await running.state()
  expect(tomorrow.days.at(-1)).toBe('2026-11-21')
  expect(cardOf(tomorrow, 'orders').headline).toEqual([{ dimensions: {}, days: [0, 0, 0, 0, 0, 1, 0] }])
})

test('money stays apart by currency; other dimensions are added up and shown in parts, undeclared values as other', async () => {
  const running = await start()
  const { pool } = running.database
  for (const [currency, amount_minor] of [
    ['JPY', 500],
    ['KWD', 1234],
  ] as const)
    await insertFact(pool, 'fact_order', '2026-11-20T10:00:00Z', { currency, amount_minor })
  for (const channel of ['podcast', 'paid', '<b>bold</b>'])
    await insertFact(pool, 'fact_sign_up', '2026-11-20T10:00:00Z', { channel })
  const state = await running.state()
  expect(cardOf(state, 'revenue_gross').headline).toEqual([
    { dimensions: { currency: 'JPY' }, days: [0, 0, 0, 0, 0, 0, 500] },
    { dimensions: { currency: 'KWD' }, days: [0, 0, 0, 0, 0, 0, 1.234] },
  ])
  const signUps = cardOf(state, 'sign_ups')
  expect(signUps.headline).toEqual([{ dimensions: {}, days: [0, 0, 0, 0, 0, 0, 3] }])
  expect(signUps.parts.map(({ dimensions, days }) => [dimensions.channel, days.at(-1)])).toEqual([
    ['other', 2],
    ['paid', 1],
  ])
})

test('a ratio is null on days with nothing to divide by, and a KPI without data has no line', async () => {
  const running = await start()
  await insertFact(running.database.pool, 'fact_feedback', '2026-11-19T10:00:00Z', { score: 5 })
  const state = await running.state()
  expect(cardOf(state, 'customer_satisfaction_ratio').headline).toEqual([
    { dimensions: {}, days: [null, null, null, null, null, 1, null] },
  ])
  expect(cardOf(state, 'box_fill_ratio').headline).toEqual([])
})

test('the pipeline is shown by what became of the last 24 hours, what waits in quarantine and the watermark', async () => {
  const running = await start()
  const { pool } = running.database
  await pool.query(`insert into pipeline.load_position values ('events.v1', 0, 9, '2026-11-20T11:59:58Z')`)
  await pool.query(
    `insert into pipeline.load_ledger
       (topic, partition, first_offset, last_offset, loaded, ignored, duplicate, quarantined, erased, loaded_at)
     values ('events.v1', 0, 0, 9, 10, 0, 0, 0, 0, now() - interval '25 hours'),
       ('events.v1', 0, 10, 19, 6, 1, 2, 1, 0, now() - interval '23 hours'),
       ('events.v1', 1, 0, 4, 5, 0, 0, 0, 0, now()), ('quarantine.v1', 0, 0, 1, 0, 0, 0, 2, 0, now())`,
  )
  await pool.query(
    `insert into pipeline.quarantine
       (topic, partition, record_offset, stage, source, code, path, detail, received_at, record, quarantined_at, retried_at)
     select 'quarantine.v1', 0, n, 'contract', 'web', case when n < 7 then 'too_large' else 'schema_invalid' end, 'properties',
       repeat('x', 1000), now(), '{"secret": "not shown"}', '2026-11-20T11:00Z'::timestamptz + n * interval '1 minute',
       case when n = 9 then now() end
     from generate_series(1, 9) as n`,
  )
  const { watermark, pipeline } = await running.state()
  expect(watermark).toBe('2026-11-20T11:59:58.000Z')
  expect(pipeline.topics).toEqual([
    { topic: 'events.v1', loaded: 11, duplicate: 2, ignored: 1, quarantined: 1, erased: 0 },
    { topic: 'quarantine.v1', loaded: 0, duplicate: 0, ignored: 0, quarantined: 2, erased: 0 },
  ])
  expect(pipeline.quarantine.waiting).toEqual([
    { code: 'too_large', count: 6 },
    { code: 'schema_invalid', count: 2 },
  ])
  expect(pipeline.quarantine.newest).toHaveLength(5)
  expect(pipeline.quarantine.newest[0]).toEqual({
    ...{ stage: 'contract', source: 'web', code: 'schema_invalid', path: 'properties' },
    ...{ quarantinedAt: '2026-11-20T11:08:00.000Z', detail: 'x'.repeat(300) },
  })
})

test('a stream begins with the whole state, and brings it again when something changed and not otherwise', async () => {
  const running = await start()
  const stream = await openEventStream(`${running.url}/events`)
  onTestFinished(() => stream.close())
  expect(stream.contentType).toBe('text/event-stream; charset=utf-8')
  const first = (await stream.next()) as BoardState
  expect(first.setup).toEqual({ ingestUrl: 'http://api.example:8080', publicKey: 'pk_test' })
  expect(cardOf(first, 'orders').headline[0]?.days.at(-1)).toBe(0)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(stream.waiting()).toBe(0)
  await insertFact(running.database.pool, 'fact_order', '2026-11-20T10:00:00Z')
  const second = (await stream.next()) as BoardState
  expect(cardOf(second, 'orders').headline[0]?.days.at(-1)).toBe(1)
})

test('without a page open the board asks Postgres nothing', async () => {
  const running = await start()
  const queries = async () => {
    const { rows } = await running.database.pool.query<{ last: string }>(
      `select max(query_start)::text as last from pg_stat_activity
       where datname = current_database() and application_name = 'millrace board'`,
    )
    return rows[0]?.last
  }
  const before = await queries()
  expect(before).toBeTruthy()
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await queries()).toBe(before)
  const stream = await openEventStream(`${running.url}/events`)
  onTestFinished(() => stream.close())
  await expect.poll(queries).not.toBe(before)
})

test('no more streams are opened than allowed, and a closed one makes room', async () => {
  const running = await start({ maxStreams: 2 })
  const streams = [
    await openEventStream(`${running.url}/events`),
    await openEventStream(`${running.url}/events`),
  ]
  onTestFinished(() => {
    for (const stream of streams) stream.close()
  })
  const refused = await fetch(`${running.url}/events`)
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('5')
  streams.pop()?.close()
  await expect
    .poll(async () =>
      (await (await fetch(`${running.url}/metrics`)).text()).includes('millrace_board_streams 1'),
    )
    .toBe(true)
  streams.push(await openEventStream(`${running.url}/events`))
  expect(await streams.at(-1)?.next()).toBeTruthy()
})

test.each(['the server first', 'the board first'])(
  'stopping ends open streams at once: %s',
  async (order) => {
    const running = await start()
    const stream = await openEventStream(`${running.url}/events`)
    await stream.next()
    const begun = performance.now()
    if (order === 'the board first') await running.board.close()
    await running.server.close()
    await stream.ended
    expect(performance.now() - begun).toBeLessThan(1000)
  },
)

test('while Postgres is away the page keeps the last numbers and says so; then it goes on', async () => {
  const running = await start()
  const { pool, url } = running.database
  await insertFact(pool, 'fact_order', '2026-11-20T10:00:00Z')
  const stream = await openEventStream(`${running.url}/events`)
  onTestFinished(() => stream.close())
  const until = async (database: string) => {
    let state = (await stream.next()) as BoardState
    while (state.database !== database) state = (await stream.next()) as BoardState
    return cardOf(state, 'orders').headline[0]?.days.at(-1)
  }
  await expect.poll(async () => cardOf(await running.state(), 'orders').headline[0]?.days.at(-1)).toBe(1)

  const name = new URL(url).pathname.slice(1)
  const serverUrl = new URL('/postgres', url).href
  await onServer(serverUrl, `alter database ${name} allow_connections false`)
  await onServer(
    serverUrl,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`,
  )
  expect(await until('away')).toBe(1)
  expect((await fetch(`${running.url}/health/ready`)).status).toBe(503)
  await onServer(serverUrl, `alter database ${name} allow_connections true`)
  expect(await until('ok')).toBe(1)
})

test('the page may load and run only what this server sends, and speak to it and the API', async () => {
  const { url } = await start()
  const page = await fetch(url)
  const html = await page.text()
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self' http://api.example:8080;base-uri 'none';form-action 'none';frame-ancestors 'none'",
  )
  expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon[a-z]+=|https?:\/\//)
  expect((await fetch(`${url}/../create-board.ts`)).status).toBe(404)
})

test('a time zone other than the database was made with stops the start', async () => {
  await expect(start({ timeZone: 'Asia/Tokyo' })).rejects.toThrow('set it to UTC')
})
