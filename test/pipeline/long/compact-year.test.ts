import { expect, test } from 'vitest'
import { compactShop } from '../../support/compact-shop.ts'
import { sharedData } from '../../support/recount-answers.ts'

const YEAR = sharedData('online_retail/online_retail.csv.gz')
const EVENTS = 19_959 + 3_836 + 4_338 + 2_102 + 3

test.skipIf(!YEAR)(
  "the totals of the shop's year are those of the warehouse on every day",
  async () => {
    const { events, days } = await compactShop(YEAR ?? '', 2_000)
    expect(events).toBe(EVENTS)
    expect(days).toBeGreaterThan(1_200)
  },
  600_000,
)
