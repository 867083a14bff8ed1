import { Fault } from '@millrace/contracts/fault'
import { afterEach, describe, expect, test } from 'vitest'
import { event, PUBLIC_KEY, post, startIngest } from './ingest-fixture.ts'

type Api = Awaited<ReturnType<typeof startIngest>>

const opened: Api[] = []
afterEach(() => Promise.all(opened.splice(0).map((api) => api.close())))

async function start(given: Parameters<typeof startIngest>[0] = {}): Promise<Api> {
  const api = await startIngest(given)
  opened.push(api)
  return api
}

const send = (api: Api, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  post(`${api.url}/v1/events`, body, { 'X-Write-Key': PUBLIC_KEY.key, ...headers })

const suppressed = async (api: Api, code: string): Promise<string | undefined> =>
  (await api.registry.metrics())
    .split('\n')
    .find((line) => line.startsWith(`millrace_events_total{outcome="suppressed",code="${code}"}`))

const DENIED = { context: { consent: { categoryPreferences: { Analytics: false, Advertising: true } } } }
/** One that is good, and one that its contract refuses. */
const both = () => [event(), event({ properties: {} })]

describe('a browser that says no', () => {
  test.each([
    ['Sec-GPC', {}, 'gpc'],
    ['DNT', { honourDnt: true }, 'dnt'],
  ] as const)('by %s is stored nowhere, and counted by its reason', async (header, limits, code) => {
    const api = await start({ limits })
    const { body } = await send(api, both(), { [header]: '1' })
    expect(body).toMatchObject({ accepted: 0, suppressed: 1, rejected: [{ index: 1 }] })
    expect([api.log.batches, [...api.archive.objects]]).toEqual([[], []])
    expect(await suppressed(api, code)).toMatch(/ 1$/)
  })

  test('by DNT is not heard unless that is wanted, and counts 0 then', async () => {
    const api = await start()
    const { body } = await send(api, event(), { DNT: '1' })
    expect(body).toMatchObject({ accepted: 1, suppressed: 0 })
    expect(await suppressed(api, 'dnt')).toMatch(/ 0$/)
  })
})

describe('a person who said no on the site', () => {
  test.each([null, {}, { categoryPreferences: null }, 'yes', { categoryPreferences: ['Analytics'] }])(
    'for a whole batch is not overruled by an event that answers %j and is refused',
    async (consent) => {
      const api = await start()
      const batch = [event({ properties: {}, context: { consent } })]
      const { body } = await send(api, { batch, ...DENIED })
      expect(body).toMatchObject({ accepted: 0, rejected: [{ index: 0 }] })
      expect([api.log.batches, [...api.archive.objects]]).toEqual([[], []])
    },
  )

  test('is not spooled either while the log is away', async () => {
    const api = await start()
    api.log.fault = new Fault('log_unavailable', 'away')
    const { status, body } = await send(
      api,
      both().map((one) => ({ ...one, ...DENIED })),
    )
    expect([status, body.suppressed]).toEqual([202, 1])
    expect([...api.archive.objects]).toEqual([])
    await send(api, event())
    expect(api.archive.objects.size).toBe(1)
  })

  test('may be asked for a category of another name', async () => {
    const api = await start({ limits: { analyticsCategories: new Set(['analytics', 'c0002']) } })
    const preferences = (categoryPreferences: object) =>
      event({ context: { consent: { categoryPreferences } } })
    const { body } = await send(api, [preferences({ C0002: false }), preferences({ C0004: false })])
    expect(body).toMatchObject({ accepted: 1, suppressed: 1 })
    expect(await suppressed(api, 'consent')).toMatch(/ 1$/)
  })
})
