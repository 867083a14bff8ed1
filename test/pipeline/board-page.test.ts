import { randomUUID } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { createBoard } from '@millrace/board/create-board'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { createIngestApi } from '@millrace/ingest-api/create-ingest-api'
import { createFakeArchive } from '@millrace/ingest-api/ingest-fixture'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { createLoader } from '@millrace/loader/create-loader'
import { createLogger } from '@millrace/runtime/logger'
import { type RunningServer, serve } from '@millrace/runtime/serve'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { createScrubber } from '@millrace/scrub/create-scrubber'
import { createPool } from '@millrace/warehouse/database'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Browser, noChromium, type Page, type PageOptions, startChromium } from '../support/chromium.ts'
import { emptySpool } from '../support/empty-spool.ts'
import { insertFact } from '../support/insert-facts.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const PERSON_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
const KEY = 'pk_0123456789abcdef'

if (noChromium) console.log(`the board's page is not tested: ${noChromium}`)

interface Whole {
  readonly database: TestDatabase
  readonly url: string
}

let browser: Browser

/** API, log, loader and board on one database, as `millrace up` runs them. */
async function startWhole(): Promise<Whole> {
  const logger = createLogger({ service: 'test', level: 'silent' })
  const now = () => new Date()
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const open = async (app: RequestListener): Promise<RunningServer> => {
    const server = await serve(app, { port: 0, host: '127.0.0.1' })
    onTestFinished(() => server.close())
    return server
  }
  const openLog = (role: string) => {
    const log = createPostgresLog({
      connection: database.url,
      clientName: role,
      role,
      now,
      onError: () => {},
    })
    onTestFinished(() => log.close())
    return log
  }
  const log = openLog('millrace_ingest')
  await log.ensureTopics(
    [EVENTS_TOPIC, QUARANTINE_TOPIC].map((topic) => ({ topic, partitions: 2, retentionHours: 1 })),
  )
  const api = await open(
    createIngestApi({
      archive: createFakeArchive(),
      ...{ log, now, logger, newRequestId: randomUUID, registry: createServiceMetrics(), version: '0' },
      keys: [{ key: KEY, source: 'web', kind: 'public' }],
      scrubber: createScrubber({ pseudonymKey: 'a secret of this test, long enough' }),
    }),
  )
  const pool = createPool({ url: database.url, role: 'millrace_loader', name: 'loader' })
  onTestFinished(() => pool.end())
  const loader = await createLoader({
    ...{ pool, log: openLog('millrace_loader'), archive: emptySpool, now, timeZone: 'UTC', logger },
    registry: createServiceMetrics(),
  })
  onTestFinished(() => loader.close())
  const board = await createBoard({
    ...{ databaseUrl: database.url, kpis: await loadKpis(), now, timeZone: 'UTC', logger },
    ...{ ingestUrl: api.url, publicKey: KEY, refreshSeconds: 0.5, registry: createServiceMetrics() },
  })
  onTestFinished(() => board.close())
  return { database, url: (await open(board.app)).url }
}

async function openPage(url: string, options: PageOptions = {}): Promise<Page> {
  const page = await browser.open(url, { userAgent: PERSON_AGENT, ...options })
  await page.until(`document.querySelector('.card')`)
  return page
}

const today = (kpi: string) =>
  `document.getElementById('kpi-${kpi}').closest('.card').querySelector('.today')?.textContent`

describe.skipIf(noChromium)('the page in a real browser', () => {
  beforeAll(async () => {
    browser = await startChromium()
  })
  afterAll(() => browser.close())

  test('a sample event sent from the page is counted and shown within 3 seconds', async () => {
    const { url } = await startWhole()
    const page = await openPage(url)
    expect(await page.evaluate(today('sign_ups'))).toBe('0')
    await page.until(`document.getElementById('freshness').textContent.startsWith('Up to date')`)
    await page.evaluate(
      `[...document.querySelectorAll('button')].find((button) => button.textContent === 'Send sign-up').click()`,
    )
    await page.until(`${today('sign_ups')} === '1'`, 3000)
    await page.until(`document.querySelector('#send [role=status]').textContent.startsWith('Counted after')`)
    expect(await page.evaluate(today('daily_active_users'))).toBe('1')
    expect(page.problems).toEqual([])
    const origins = new Set(page.requests.map((request) => new URL(request).hostname))
    expect([...origins]).toEqual(['127.0.0.1'])
  })

  test('what comes from outside is shown as text and never becomes markup', async () => {
    const { database, url } = await startWhole()
    const markup = '<img src=x onerror="document.title=1">'
    const now = new Date().toISOString()
    await insertFact(database.pool, 'fact_order', now, { currency: markup })
    await insertFact(database.pool, 'fact_event', now, { excluded_reason: markup })
    await database.pool.query(
      `insert into pipeline.quarantine
         (topic, partition, record_offset, stage, source, code, path, detail, received_at, record)
       values ('quarantine.v1', 0, 0, 'contract', $1, $1, $1, $1, now(), '{}')`,
      [markup],
    )
    const page = await openPage(url)
    await page.until(`document.querySelector('.newest')`)
    await page.until(`document.getElementById('kpi-excluded_events').closest('.card').querySelector('tbody')`)
    expect(await page.evaluate(`document.querySelectorAll('img').length`)).toBe(1)
    expect(await page.evaluate(`document.body.textContent.split('<img src=x').length > 5`)).toBe(true)
    expect(page.problems).toEqual([])
  })

  test('it fits a telephone, and every control is reached by the keyboard', async () => {
    const { url } = await startWhole()
    const page = await openPage(url, { width: 390, dark: true })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
    const controls = await page.evaluate<number>(`document.querySelectorAll('button').length`)
    const reached = new Set<string>()
    for (let tabs = 0; tabs < 20; tabs += 1) {
      await page.press('Tab')
      reached.add(
        await page.evaluate(
          `[...document.querySelectorAll('button')].indexOf(document.activeElement) + ' ' + getComputedStyle(document.activeElement).outlineStyle`,
        ),
      )
    }
    const buttons = [...reached].filter((each) => !each.startsWith('-1'))
    expect(buttons).toHaveLength(controls)
    expect(buttons.every((each) => each.endsWith('solid'))).toBe(true)
    expect(await page.evaluate(`getComputedStyle(document.body).backgroundColor`)).toBe('rgb(14, 21, 21)')
  })

  test('a reader who came while nothing was counted is told how to begin', async () => {
    const { url } = await startWhole()
    const page = await openPage(url)
    expect(await page.evaluate(`document.getElementById('no-events').hidden`)).toBe(false)
    expect(await page.evaluate(`document.getElementById('quarantine').textContent`)).toBe(
      'Empty: every event could be counted.',
    )
    expect(await page.evaluate(`document.querySelector('#send').textContent`)).toContain(KEY)
  })
})
