import type { StampedEvent } from '@millrace/contracts/stamped-event'
import type { Experiment } from '@millrace/experiments/define-experiment'
import type { ExperimentReport } from '@millrace/experiments/judge-experiment'
import { listExperiments } from '@millrace/experiments/list-experiments'
import { readExperiment } from '@millrace/experiments/read-experiment'
import { createKpiExporter } from '@millrace/kpi-exporter/create-kpi-exporter'
import { createLogger } from '@millrace/runtime/logger'
import { serve } from '@millrace/runtime/serve'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { createPool, inTransaction } from '@millrace/warehouse/database'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createTestLoader } from '../support/loading.ts'
import { runCommand } from '../support/run-command.ts'
import { scrape } from '../support/scrape.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const NOW = new Date('2026-11-20T18:00:00Z')

let database: TestDatabase
let ids = 0

beforeAll(async () => {
  database = await createTestDatabase()
  const loader = createTestLoader(database.pool)
  await loader.load(handful())
  await loader.load(crowd(), 1)
  await loader.load(uneven(), 2)
}, 120_000)
afterAll(() => database.drop())

function did(event: string, person: Partial<StampedEvent>, timestamp: string, properties = {}): StampedEvent {
  return stampedEvent({ messageId: `e-${ids++}`, event, timestamp, properties, ...person })
}

const anonymous = (name: string) => ({ anonymousPerson: personOf(`a:${name}`) })
const user = (name: string) => ({ userPerson: personOf(`u:${name}`) })
const at = (time: string, day = '2026-11-20') => `${day}T${time}:00.000Z`
const saw = (variantId: string, person: Partial<StampedEvent>, time: string, experimentId = 'copy') =>
  did('experiment_viewed', person, time, { experimentId, variantId })
const ordered = (
  orderId: string,
  amountMinor: number,
  person: Partial<StampedEvent>,
  time: string,
  currency = 'EUR',
) => did('order_completed', person, time, { orderId, amountMinor, currency })

/** Small enough to be counted by hand: see the test. */
function handful(): StampedEvent[] {
  return [
    ordered('before', 9900, user('a1'), at('09:59')),
    saw('a', user('a1'), at('10:00')),
    ordered('o1', 1000, user('a1'), at('10:00')),
    saw('a', user('a2'), at('10:00', '2026-11-18')),
    ordered('o2', 2000, user('a2'), at('11:00', '2026-11-19')),
    ordered('o3', 500, user('a2'), at('11:00')),
    saw('a', user('a2'), at('12:00')),
    saw('a', user('a3'), at('10:00')),
    did('error_occurred', user('a3'), at('10:01'), { code: 'E1' }),
    did('error_occurred', user('a3'), at('10:02'), { code: 'E1' }),
    did('error_occurred', user('a3'), at('09:00'), { code: 'E1' }),
    did('error_occurred', { ...user('a3'), bot: 'crawler' }, at('10:03'), { code: 'E1' }),
    // Seen as a visitor, known later: what the user does is the visitor's.
    saw('b', anonymous('b1'), at('10:00')),
    did('user_logged_in', { ...anonymous('b1'), ...user('b1') }, at('10:05')),
    ordered('o4', 700, user('b1'), at('10:30')),
    ordered('o4', 800, user('b1'), at('10:31')),
    ordered('o5', 300, user('b1'), at('10:32'), 'JPY'),
    saw('b', user('b2'), at('10:00')),
    // Both variants, the second one on a device that is linked later.
    saw('a', user('c1'), at('10:00')),
    saw('b', user('c1'), at('10:10')),
    saw('a', user('c2'), at('10:00')),
    saw('b', anonymous('c2'), at('10:10')),
    did('user_logged_in', { ...anonymous('c2'), ...user('c2') }, at('10:15')),
    ordered('o6', 5000, user('c1'), at('11:00')),
    saw('b', { ...user('robot'), bot: 'crawler' }, at('10:00')),
    saw('b', { ...user('canary'), canary: true }, at('10:00')),
    saw('b', { keyKind: 'secret' }, at('10:00')),
    saw('a', user('a1'), at('10:00'), 'another'),
    // After the look.
    saw('b', user('late'), at('18:00')),
    ordered('o7', 4000, user('b2'), at('18:00')),
  ]
}

async function look(
  id: string,
  given: { at?: string; experiments?: readonly Experiment[] } = {},
): Promise<ExperimentReport> {
  return inTransaction(database.pool, (tx) => readExperiment(tx, { id, experiments: [], now: NOW, ...given }))
}

describe('counted by hand', () => {
  test('persons count once, in the variant that they saw alone; bots, canaries and nobody do not', async () => {
    const report = await look('copy')
    expect(report.variants.map(({ variant, persons }) => [variant, persons])).toEqual([
      ['a', 3],
      ['b', 2],
    ])
    expect(report.excluded).toEqual({ severalVariants: 2, otherVariants: 0, exposuresWithoutPerson: 1 })
    expect(report).toMatchObject({
      control: 'a',
      firstExposure: at('10:00', '2026-11-18'),
      until: NOW.toISOString(),
    })
  })

  test('what follows the first exposure counts, what was before it does not', async () => {
    const { metrics } = await look('copy')
    const shown = metrics.map(({ name, variants }) => [
      name,
      ...variants.map(({ variant, persons, sum, active }) => [variant, persons, sum, active]),
    ])
    expect(shown).toEqual([
      ['orders', ['a', 3, 2, 2], ['b', 2, 1, 1]],
      ['revenue_per_person_EUR', ['a', 3, 35, 2], ['b', 2, 8, 1]],
      ['revenue_per_person_JPY', ['a', 3, 0, 0], ['b', 2, 300, 1]],
      ['user_errors', ['a', 3, 2, 1], ['b', 2, 0, 0]],
    ])
    // 10, 25 and 0 EUR: mean 35/3, squared deviations 25/9 + 1600/9 + 1225/9 = 2850/9, over 2.
    expect(metrics[1]?.variants[0]?.standardDeviation).toBeCloseTo(Math.sqrt(2850 / 18), 12)
  })

  test('so few prove nothing, and it is said', async () => {
    const { metrics } = await look('copy')
    expect(metrics.flatMap(({ comparisons }) => comparisons.map(({ verdict }) => verdict))).toEqual(
      Array(4).fill('too_early'),
    )
  })

  test('an earlier day is shown as it was', async () => {
    const report = await look('copy', { at: '2026-11-19' })
    expect(report.variants).toEqual([{ variant: 'a', persons: 1, share: 1, expectedShare: 1 }])
    expect(report.metrics[1]?.variants).toMatchObject([{ variant: 'a', sum: 20 }])
    expect(report.until).toBe('2026-11-20T00:00:00.000Z')
  })

  test('a definition decides on variants, days, currency and names', async () => {
    const experiment: Experiment = {
      ...{ id: 'copy', title: 'Copy', variants: { b: 1, a: 3, c: 1 }, control: 'b', from: '2026-11-19' },
      metrics: [
        { kind: 'revenue', name: 'yen', title: 'Yen', currency: 'JPY' },
        { kind: 'conversion', name: 'logged_in', title: 'Logged in', event: 'user_logged_in' },
        { kind: 'count', name: 'views', title: 'Exposures', event: 'experiment_viewed', withinDays: 1 },
      ],
    }
    const report = await look('copy', { experiments: [experiment] })
    expect(
      report.variants.map(({ variant, persons, expectedShare }) => [variant, persons, expectedShare]),
    ).toEqual([
      ['b', 2, 0.2],
      ['a', 3, 0.6],
      ['c', 0, 0.2],
    ])
    const sums = report.metrics.map(({ name, variants }) => [name, variants.map(({ sum }) => sum)])
    // Nobody's day was over at 18:00.
    expect(sums).toEqual([
      ['yen_JPY', [300, 0]],
      ['logged_in', [1, 0]],
    ])
  })

  test('days within which a metric counts begin with the first exposure, and who has not had them takes no part', async () => {
    const experiment: Experiment = {
      ...{ id: 'copy', title: 'Copy', variants: { a: 1, b: 1 }, control: 'a' },
      metrics: [1, 2].map((withinDays) => ({
        ...{ kind: 'revenue' as const, name: `within_${withinDays}`, title: 'Revenue', withinDays },
      })),
    }
    const report = await look('copy', { experiments: [experiment] })
    // a2 was exposed on the 18th at 10:00 and ordered on the 19th at 11:00, 25 hours later.
    const sums = report.metrics.map(({ name, variants }) => [
      name,
      variants.map(({ variant, sum }) => [variant, sum]),
    ])
    expect(sums).toEqual([['within_2_EUR', [['a', 20]]]])
  })

  test('an experiment that nobody was shown is a usage error', async () => {
    await expect(look('nothing')).rejects.toMatchObject({ code: 'config_invalid' })
  })

  test('the list has the experiments with most persons first', async () => {
    const listed = await listExperiments(database.pool, { now: NOW, days: 30, most: 10 })
    expect(listed.map(({ id, persons, variants }) => [id, persons, variants])).toEqual([
      ['crowd', 6000, ['control', 'treatment']],
      ['uneven', 1900, ['control', 'treatment']],
      ['copy', 7, ['a', 'b']],
      ['another', 1, ['a']],
    ])
  })
})

interface Counted {
  persons: number
  buyers: number
  amounts: number[]
  errors: number
}
const counted: Record<string, Counted> = {}

/** 6,000 persons; the treatment sells to more of them and breaks for more of them. Counted while it is made. */
function crowd(): StampedEvent[] {
  const random = createSeededRandom(6)
  return Array.from({ length: 6000 }, (_, n) => {
    const variant = n % 2 === 0 ? 'control' : 'treatment'
    counted[variant] ??= { persons: 0, buyers: 0, amounts: [], errors: 0 }
    const sums = counted[variant]
    const person = user(`crowd-${n}`)
    const events = [saw(variant, person, at('08:00'), 'crowd')]
    sums.persons += 1
    let amount = 0
    if (random.chance(variant === 'control' ? 0.2 : 0.28)) {
      for (let order = random.whole(1, 3); order > 0; order -= 1) {
        const minor = random.whole(100, 20_000)
        amount += minor
        events.push(ordered(`crowd-${n}-${order}`, minor, person, at('09:00')))
      }
      sums.buyers += 1
    }
    if (random.chance(variant === 'control' ? 0.05 : 0.12)) {
      events.push(did('error_occurred', person, at('09:30'), { code: 'E' }))
      sums.errors += 1
    }
    sums.amounts.push(amount)
    return events
  }).flat()
}

/** 1,050 and 850 persons of an even split: one in 200,000. */
function uneven(): StampedEvent[] {
  return Array.from({ length: 1900 }, (_, n) =>
    saw(n < 1050 ? 'control' : 'treatment', user(`uneven-${n}`), at('08:00'), 'uneven'),
  )
}

describe('6,000 persons', () => {
  test('every sum is what was counted while they were made', async () => {
    const { metrics } = await look('crowd')
    const found = Object.fromEntries(metrics.map(({ name, variants }) => [name, variants]))
    for (const [index, variant] of ['control', 'treatment'].entries()) {
      const { persons, buyers, amounts, errors } = counted[variant] ?? expect.fail(variant)
      const total = amounts.reduce((sum, amount) => sum + amount, 0)
      const squares = amounts.reduce((sum, amount) => sum + (amount - total / persons) ** 2, 0)
      expect(found.orders?.[index]).toMatchObject({ variant, persons, sum: buyers })
      expect(found.revenue_per_person_EUR?.[index]).toMatchObject({ variant, persons, sum: total / 100 })
      expect(found.revenue_per_person_EUR?.[index]?.standardDeviation).toBeCloseTo(
        Math.sqrt(squares / (persons - 1)) / 100,
        9,
      )
      expect(found.user_errors?.[index]).toMatchObject({ variant, persons, sum: errors })
    }
  })

  test('more orders are said to be better, more errors break the guardrail: exit 1', async () => {
    const { code, out } = await runCommand(['experiment', 'show', 'crowd', '--at', '2026-11-20'], env())
    expect(code).toBe(1)
    expect(out).toMatch(/treatment is better than control: Persons who ordered \+\d+\.\d % \(between \+/)
    expect(out).toMatch(/treatment breaks the guardrail: Errors per person \+/)
    expect(out).not.toContain('SPLIT')
    expect(out).toMatch(/·+\|·*─+●─+/)
  })

  test('--json has the numbers', async () => {
    const { code, out } = await runCommand(
      ['experiment', 'show', 'crowd', '--at', '2026-11-20', '--json'],
      env(),
    )
    expect(code).toBe(1)
    const report = JSON.parse(out) as ExperimentReport
    expect(report.metrics[0]?.comparisons[0]).toMatchObject({ variant: 'treatment', verdict: 'better' })
    expect(report.sampleRatio).toMatchObject({ chiSquare: 0, verdict: 'good' })
  })

  test('the largest amounts can be cut to a quantile of what buyers spent', async () => {
    const experiment: Experiment = {
      ...{ id: 'crowd', title: 'Crowd', variants: { control: 1, treatment: 1 }, control: 'control' },
      metrics: [{ kind: 'revenue', name: 'cut', title: 'Revenue', winsoriseAt: 0.9 }],
    }
    const { metrics } = await look('crowd', { experiments: [experiment] })
    const amounts = Object.values(counted).flatMap((variant) => variant.amounts)
    const spent = amounts.filter((amount) => amount > 0).sort((one, other) => one - other)
    const cap = spent[Math.ceil(0.9 * spent.length) - 1] ?? 0
    const variants = metrics[0]?.variants ?? []
    expect(variants.reduce((sum, { cut }) => sum + cut, 0)).toBe(
      amounts.filter((amount) => amount > cap).length,
    )
    for (const { variant, sum } of variants) {
      const wanted =
        counted[variant]?.amounts.reduce((total, amount) => total + Math.min(amount, cap), 0) ?? 0
      expect(sum).toBeCloseTo(wanted / 100, 6)
    }
  })
})

test('a wrong split comes before everything else: exit 1', async () => {
  const { code, out } = await runCommand(['experiment', 'show', 'uneven', '--at', '2026-11-20'], env())
  expect(code).toBe(1)
  expect(out.split('\n')[2]).toMatch(/^WRONG SPLIT: .* \(p = 0\.0000045\)/)
})

test('commands: the list, a good experiment, an unknown one', async () => {
  expect((await runCommand(['experiment', 'list'], env())).out).toMatch(/crowd +6000 +control, treatment/)
  expect((await runCommand(['experiment', 'show', 'copy', '--at', '2026-11-20'], env())).code).toBe(0)
  const unknown = await runCommand(['experiment', 'show', 'nothing'], env())
  expect(unknown.code).toBe(2)
  expect(unknown.notes).toContain('No person was shown experiment nothing')
  expect((await runCommand(['experiment', 'show', 'copy', '--at', '2026-02-30'], env())).code).toBe(2)
})

test('gauges have what was said, and a scrape has them without asking', async () => {
  const exporter = await createKpiExporter({
    ...{ databaseUrl: database.url, kpis: [], timeZone: 'UTC', now: () => NOW, refreshSeconds: 60 },
    logger: createLogger({ service: 'test', level: 'silent' }),
    registry: createServiceMetrics(),
  })
  const server = await serve(exporter.app, { port: 0, host: '127.0.0.1' })
  onTestFinished(async () => {
    await server.close()
    await exporter.close()
  })
  await exporter.refreshed()
  const page = await scrape(`${server.url}/metrics`)
  expect(page.of('experiment_persons')).toEqual([
    'experiment="crowd",variant="control" 3000',
    'experiment="crowd",variant="treatment" 3000',
    'experiment="uneven",variant="control" 1050',
    'experiment="uneven",variant="treatment" 850',
    'experiment="copy",variant="a" 3',
    'experiment="copy",variant="b" 2',
    'experiment="another",variant="a" 1',
  ])
  expect(page.samples.get('experiment_sample_ratio_p_value{experiment="crowd"}')).toBe(1)
  expect(page.samples.get('experiment_sample_ratio_p_value{experiment="uneven"}')).toBeCloseTo(4.5e-6, 7)
  const { comparisons } = (await look('crowd')).metrics[0] ?? expect.fail('no metric')
  const uplift = (bound: string) =>
    page.samples.get(
      `experiment_uplift_ratio{bound="${bound}",experiment="crowd",metric="orders",variant="treatment"}`,
    )
  expect({ low: uplift('low'), estimate: uplift('estimate'), high: uplift('high') }).toEqual(
    comparisons[0]?.uplift,
  )
  expect(page.of('experiment_uplift_ratio').some((line) => line.includes('experiment="copy"'))).toBe(false)
})

test.each([
  ...['order_completed', 'order_refunded', 'user_signed_up', 'user_logged_in', 'subscription_cancelled'],
  ...['feedback_submitted', 'error_occurred', 'coffee_brewed'],
])('the exporter may read what a metric of %s needs', async (event) => {
  const pool = createPool({ url: database.url, role: 'millrace_exporter', name: 'test', max: 1 })
  onTestFinished(() => pool.end())
  const experiment: Experiment = {
    ...{ id: 'copy', title: 'Copy', variants: { a: 1, b: 1 }, control: 'a' },
    metrics: [{ kind: 'count', name: 'done', title: 'Done', event }],
  }
  const report = await inTransaction(pool, (tx) =>
    readExperiment(tx, { id: 'copy', experiments: [experiment], now: NOW }),
  )
  expect(report.metrics[0]?.variants.map(({ persons }) => persons)).toEqual([3, 2])
})

function env(): Record<string, string> {
  return { DATABASE_URL: database.url }
}
