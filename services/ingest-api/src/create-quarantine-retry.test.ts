import { Fault } from '@millrace/contracts/fault'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { createScrubber } from '@millrace/scrub/create-scrubber'
import { expect, onTestFinished, test } from 'vitest'
import { createQuarantineRetry, type QuarantineRetryDeps } from './create-quarantine-retry.ts'
import {
  BROWSER,
  createFakeLog,
  event,
  PSEUDONYM_KEY,
  PUBLIC_KEY,
  post,
  SECRET_KEY,
  startIngest,
} from './ingest-fixture.ts'

const scrubber = createScrubber({ pseudonymKey: PSEUDONYM_KEY })
const DAY_31 = '2026-10-21T12:00:00.000Z'

/** What the API put into quarantine for these requests. */
async function quarantined(
  batch: readonly unknown[],
  headers: Readonly<Record<string, string>>,
  limits = {},
) {
  const api = await startIngest({ limits })
  onTestFinished(() => api.close())
  await post(`${api.url}/v1/events`, { sentAt: '2026-11-21T11:59:59.500Z', batch }, headers)
  return api.log.quarantined()
}

function createRetry(given: Partial<QuarantineRetryDeps> = {}) {
  const log = createFakeLog()
  const keys = [PUBLIC_KEY, SECRET_KEY]
  const { retryRefused: retry } = createQuarantineRetry({
    log,
    scrubber,
    keys,
    maxEventAgeDays: 60,
    ...given,
  })
  return { log, retry }
}

test('an event that passes now is the event that was sent: same id, people, receipt and bot', async () => {
  const sent = event({
    userId: 'user-1',
    sessionId: 'session-1',
    originalTimestamp: DAY_31,
    properties: { query: 'mail to jane.doe@example.com' },
    context: { location: { country: 'AT' }, consent: { categoryPreferences: { Analytics: true } } },
  })
  const headers = { 'X-Write-Key': PUBLIC_KEY.key, 'User-Agent': `${BROWSER} HeadlessChrome` }
  const [row] = await quarantined([sent], headers)
  if (row === undefined) throw new Error('nothing was quarantined')
  const { log, retry } = createRetry()
  expect(await retry([row])).toEqual({ published: [row.eventId], still: [] })

  const reference = await startIngest({ limits: { maxEventAgeDays: 60 } })
  onTestFinished(() => reference.close())
  await post(`${reference.url}/v1/events`, { sentAt: '2026-11-21T11:59:59.500Z', batch: [sent] }, headers)
  const [published] = log.events()
  const { findings, ...first } = reference.log.events()[0] as StampedEvent
  const { ip: _ip, browser: _b, os: _os, device: _d, ...context } = first.context
  // What it carried was counted when it was refused.
  expect(row.findings).toEqual(findings)
  expect(published).toEqual({ ...first, context })
  expect(log.batches[0]?.[0]?.records[0]?.key).toBe(scrubber.peopleOf({ userId: 'user-1' }).userPerson)
})

test('an event whose type only its path told is still of that type', async () => {
  const api = await startIngest()
  onTestFinished(() => api.close())
  const page = event({
    type: undefined,
    event: undefined,
    originalTimestamp: DAY_31,
    context: { page: { path: '/a' } },
  })
  await post(`${api.url}/v1/p`, page)
  const { log, retry } = createRetry()
  expect((await retry(api.log.quarantined())).still).toEqual([])
  expect(log.events()[0]).toMatchObject({ type: 'page', event: 'page_viewed' })
})

test('an event that does not pass stays, with what is wrong with it now', async () => {
  const rows = await quarantined(
    [event({ event: '' }), event({ originalTimestamp: '2020-01-01T00:00:00Z' }), 7],
    { 'X-Write-Key': PUBLIC_KEY.key },
  )
  const { log, retry } = createRetry()
  expect(await retry(rows)).toEqual({
    published: [],
    still: [
      expect.objectContaining({ eventId: rows[0]?.eventId, code: 'schema_invalid', path: 'event' }),
      expect.objectContaining({ code: 'timestamp_out_of_range', detail: expect.stringContaining('60 days') }),
      expect.objectContaining({ code: 'schema_invalid' }),
    ],
  })
  expect(log.batches).toEqual([])
})

test('what is gone or belongs to another event is not tried', async () => {
  const tooLarge = event({ properties: { query: 'x'.repeat(40_000) } })
  const [large, good] = await quarantined([tooLarge, event({ originalTimestamp: DAY_31 })], {
    'X-Write-Key': PUBLIC_KEY.key,
  })
  if (large === undefined || good === undefined) throw new Error('nothing was quarantined')
  const { log, retry } = createRetry()
  const { still } = await retry([large, { ...good, code: 'id_conflict' }])
  expect(still.map(({ eventId }) => eventId)).toEqual([large.eventId, good.eventId])
  expect(log.batches).toEqual([])
})

test('the keys of today decide what a source may send', async () => {
  const limited = { ...SECRET_KEY, events: ['search_performed'] }
  const api = await startIngest({ keys: [limited] })
  onTestFinished(() => api.close())
  await post(`${api.url}/v1/events`, event({ event: 'user_logged_in', properties: {} }), {
    'X-Write-Key': limited.key,
  })
  const rows = api.log.quarantined()
  expect(rows[0]?.code).toBe('not_permitted')
  expect((await createRetry({ keys: [limited] }).retry(rows)).still).toMatchObject([
    { code: 'not_permitted' },
  ])
  expect((await createRetry({ keys: [SECRET_KEY] }).retry(rows)).published).toHaveLength(1)
  const importing = { ...limited, events: ['user_logged_in'], historical: true }
  const { log, retry } = createRetry({ keys: [limited, importing] })
  expect((await retry(rows)).published).toHaveLength(1)
  expect(log.events()[0]).toMatchObject({ historical: true, source: 'server' })
})

test('who denied consent stays nobody', async () => {
  const [row] = await quarantined(
    [event({ originalTimestamp: DAY_31, userId: 'user-1', sessionId: 's' })],
    { 'X-Write-Key': SECRET_KEY.key, 'Sec-GPC': '1' },
    { consentPolicy: 'anonymous' },
  )
  if (row === undefined) throw new Error('nothing was quarantined')
  const { log, retry } = createRetry()
  await retry([row])
  expect(log.events()[0]).toMatchObject({ consent: 'denied', eventId: row.eventId })
  expect(log.events()[0]).not.toHaveProperty('userPerson')
  expect(log.events()[0]).not.toHaveProperty('sessionId')
})

test('a log that is away is told by a throw', async () => {
  const rows = await quarantined([event({ originalTimestamp: DAY_31 })], { 'X-Write-Key': PUBLIC_KEY.key })
  const { log, retry } = createRetry()
  log.fault = new Fault('log_unavailable', 'away')
  await expect(retry(rows)).rejects.toMatchObject({ code: 'log_unavailable' })
})

test.each([
  ['userId', { userId: 'x'.repeat(300) }],
  ['anonymousId', { anonymousId: 1.5 }],
  ['event', { event: 'Call jane.doe@example.com' }],
])('a wrong %s stays, though what is kept in its place would pass', async (path, wrong) => {
  const rows = await quarantined([event(wrong)], { 'X-Write-Key': PUBLIC_KEY.key })
  const { log, retry } = createRetry()
  const { published, still } = await retry(rows)
  expect(published).toEqual([])
  expect(still).toMatchObject([{ code: 'schema_invalid', path, detail: expect.stringMatching(/^expected/) }])
  expect(log.events()).toEqual([])
})
