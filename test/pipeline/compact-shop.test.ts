import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { compactShop } from '../support/compact-shop.ts'

const SAMPLE = fileURLToPath(new URL('../data/online-retail-sample.csv.gz', import.meta.url))

test("the sample's totals are those of the warehouse, and what was sent twice counts once", async () => {
  const { events, days } = await compactShop(SAMPLE, 20)
  expect(events).toBeGreaterThan(20)
  expect(days).toBeGreaterThan(3)
}, 60_000)
