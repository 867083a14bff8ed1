import { expect, test } from 'vitest'
import { loadShop, SHOP_SAMPLE } from '../support/load-shop.ts'
import { differences } from '../support/loading.ts'
import { sharedData } from '../support/recount-answers.ts'
import { askReplay, differingDays } from '../support/replay-report.ts'

const YEAR = sharedData('online_retail/online_retail.csv.gz')

test("the sample's month is what the archive says, and a day that got lost comes back", async () => {
  const shop = await loadShop(SHOP_SAMPLE)
  expect((await askReplay(shop, '--month', '2010-12')).answer).toMatchObject({ identical: true })
  await shop.pool.query(`delete from warehouse.fact_order where business_date = '2010-12-01'`)
  const { code, answer } = await askReplay(shop, '--month', '2010-12', '--swap', '--yes')
  expect(differingDays(answer)[0]).toMatch(/^fact_order 2010-12-01 0\//)
  expect(answer.swapped?.after.identical).toBe(true)
  expect(code).toBe(0)
}, 60_000)

test.skipIf(!YEAR)(
  'November of the year is what the archive says, so is the year, and a fault in it is found and put right',
  async () => {
    const shop = await loadShop(YEAR ?? '')
    const november = await askReplay(shop, '--month', '2011-11')
    expect(november.answer).toMatchObject({ identical: true, kpis: [], definitions: [] })
    const year = await askReplay(shop, '--from', '2010-12-01', '--to', '2011-12-31')
    expect(year.answer).toMatchObject({ identical: true, records: { loaded: 30_238 } })

    await shop.pool.query(`delete from warehouse.fact_order where business_date = '2011-11-14'`)
    await shop.pool.query(
      `update warehouse.fact_refund set amount_minor = amount_minor + 1 where business_date = '2011-11-15'`,
    )
    const { answer } = await askReplay(shop, '--month', '2011-11', '--swap', '--yes')
    expect(differingDays(answer).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'fact_order 2011-11-14',
      'fact_refund 2011-11-15',
    ])
    expect(new Set(answer.kpis.map(({ kpi }) => kpi))).toEqual(
      new Set(['average_order_value', 'orders', 'revenue_gross', 'revenue_refunds']),
    )
    expect(answer.swapped?.after.identical).toBe(true)
    expect(await differences(shop.pool)).toEqual([])
  },
  240_000,
)
