import { type KpiPoint, kpiSeries } from '@millrace/kpis/kpi-series'
import { loadKpis } from '@millrace/kpis/load-kpis'
import type { Pool } from 'pg'
import { expect } from 'vitest'
import { differences } from './loading.ts'
import { type RecountAnswers, type RecountedDay, readRecountAnswers } from './recount-answers.ts'

/** All of the shop's file: orders, refunds, sign-ups and adjustments. */
export const SHOP_EVENTS = 19_959 + 3_836 + 4_338 + 2_102 + 3

/** Every KPI, day by day, as `kpi show` reads it; then some by country. */
async function readShop(pool: Pool): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {}
  for (const kpi of await loadKpis()) all[kpi.name] = await read(pool, kpi.name)
  for (const name of ['orders', 'revenue_net'])
    all[`${name} by country`] = await read(pool, name, ['country'])
  return all
}

async function read(pool: Pool, name: string, by?: readonly string[]): Promise<string[]> {
  const kpi = (await loadKpis()).find((candidate) => candidate.name === name)
  if (!kpi) throw new Error(`no KPI ${name}`)
  const points = await kpiSeries(pool, kpi, { from: '2000-01-01', to: '2100-01-01', ...(by ? { by } : {}) })
  return points.map(describePoint)
}

function describePoint({ date, dimensions, value, valueMinor }: KpiPoint): string {
  const labels = Object.entries(dimensions).map(([name, label]) => `${name}=${label}`)
  return [date, ...labels.sort(), valueMinor ?? value].join(' ')
}

/** What every KPI must show on every day, by the recount alone. */
function expectedOf({ days }: RecountAnswers): Record<string, string[]> {
  const byDay = (show: (day: RecountedDay) => readonly string[]): string[] =>
    [...days].flatMap(([date, day]) => show(day).map((shown) => `${date} ${shown}`))
  const count = (column: keyof RecountedDay, label = ''): string[] =>
    byDay((day) => (day[column] > 0 ? [`${label}${day[column]}`] : []))
  return {
    daily_active_users: count('dau'),
    weekly_active_users: count('wau'),
    monthly_active_users: count('mau'),
    sign_ups: count('signUps', 'channel=unknown '),
    orders: count('orders'),
    revenue_gross: byDay((day) => (day.orders > 0 ? [`currency=GBP ${day.grossPence}`] : [])),
    revenue_refunds: byDay((day) => (day.refundEvents > 0 ? [`currency=GBP ${day.refundsPence}`] : [])),
    revenue_net: byDay((day) =>
      day.orders + day.refundEvents > 0 ? [`currency=GBP ${day.grossPence - day.refundsPence}`] : [],
    ),
    average_order_value: byDay((day) =>
      day.orders > 0 ? [`currency=GBP ${day.grossPence / 100 / day.orders}`] : [],
    ),
    events: byDay((day) => eventCounts(day)),
  }
}

/** In the order of their names. */
function eventCounts(day: RecountedDay): readonly string[] {
  const counts: readonly [string, number][] = [
    ['bad_debt_adjusted', day.badDebtAdjusted],
    ['order_completed', day.orders],
    ['order_refunded', day.refundEvents],
    ['stock_adjusted', day.stockAdjusted],
    ['user_signed_up', day.signUps],
  ]
  return counts.flatMap(([name, count]) => (count > 0 ? [`type=${name} ${count}`] : []))
}

function sumByCountry(lines: readonly string[] | undefined): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const line of lines ?? []) {
    const country = /country=(\w\w)/.exec(line)?.[1] ?? ''
    sums[country] = (sums[country] ?? 0) + Number(line.split(' ').at(-1))
  }
  return sums
}

/** Every KPI on every day, and two of them by country, are what the recount says; no total differs from its facts. */
export async function expectShop(pool: Pool): Promise<void> {
  const answers = await readRecountAnswers()
  const { 'orders by country': orders, 'revenue_net by country': net, ...byDay } = await readShop(pool)
  const withData = Object.fromEntries(Object.entries(byDay).filter(([, lines]) => lines.length > 0))
  expect(withData).toEqual(expectedOf(answers))
  expect(sumByCountry(orders)).toEqual(answers.ordersByCountry)
  expect(sumByCountry(net)).toEqual(answers.netPenceByCountry)
  expect(await differences(pool)).toEqual([])
}
