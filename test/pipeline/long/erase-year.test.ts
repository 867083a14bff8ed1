import { PSEUDONYM_KEY } from '@millrace/ingest-api/ingest-fixture'
import { createCompactor } from '@millrace/jobs/create-compactor'
import type { Receipt } from '@millrace/jobs/create-eraser'
import { createPseudonyms } from '@millrace/scrub/pseudonym'
import { expect, test } from 'vitest'
import { askMillrace } from '../../support/ask-millrace.ts'
import { loadShop } from '../../support/load-shop.ts'
import { differences } from '../../support/loading.ts'
import { sharedData } from '../../support/recount-answers.ts'
import { askReplay } from '../../support/replay-report.ts'
import { searchStores } from '../../support/search-stores.ts'

const YEAR = sharedData('online_retail/online_retail.csv.gz')
/** The customer with the most invoices. */
const CUSTOMER = '12748'

test.skipIf(!YEAR)(
  "of the shop's year the customer with the most orders leaves every store, and no replay brings her back",
  async () => {
    const shop = await loadShop(YEAR ?? '')
    const { databaseUrl, dataDir, archive, jobs, pool } = shop
    await createCompactor({ archive, pool: jobs.pool, progress: () => undefined })()
    const env = { DATABASE_URL: databaseUrl, DATA_DIR: dataDir, PSEUDONYM_KEY }
    const begun = performance.now()
    const { answer } = await askMillrace<Receipt>(['erase', '--user-id', CUSTOMER], env)
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
    const { facts } = answer.warehouse
    process.stdout.write(
      `erased ${facts.fact_event} events, ${facts.fact_order} orders from ${answer.archive.raw.objects} raw objects and ${answer.archive.parquet.objects} Parquet files in ${seconds} s\n`,
    )
    expect(await searchStores(shop, [createPseudonyms(PSEUDONYM_KEY)('u', CUSTOMER)])).toEqual([])
    expect(await differences(pool)).toEqual([])
    const year = await askReplay(shop, '--from', '2010-12-01', '--to', '2011-12-31')
    expect(year.answer).toMatchObject({ identical: true, kpis: [] })
    const again = await askMillrace<Receipt>(['erase', '--user-id', CUSTOMER], env)
    expect(again.answer).toMatchObject({ warehouse: { persons: 0 }, archive: { raw: { objects: 0 } } })
  },
  600_000,
)
