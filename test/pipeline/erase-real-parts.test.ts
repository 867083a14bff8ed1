import { createCompactor } from '@millrace/jobs/create-compactor'
import type { Receipt } from '@millrace/jobs/create-eraser'
import { createPseudonyms } from '@millrace/scrub/pseudonym'
import { expect, test } from 'vitest'
import { bucketOfTest, kafkaLogOfTest } from '../support/archiver-stage.ts'
import { askMillrace } from '../support/ask-millrace.ts'
import { differences } from '../support/loading.ts'
import { openPipeline } from '../support/open-pipeline.ts'
import { realServers } from '../support/real-parts.ts'
import { searchStores } from '../support/search-stores.ts'
import { describeWith } from '../support/servers.ts'
import { personOf, stampedEvent } from '../support/stamped-event.ts'

const KEY = 'a pseudonym key for tests of erasures'
const ann = createPseudonyms(KEY)('u', 'ann')

await describeWith(realServers, 'Kafka and S3', (servers) => {
  test('a person goes from Postgres, S3 and Parquet, the receipt says how long Kafka keeps it, a replay brings nobody back', async () => {
    const { kafka, s3 } = servers
    const stores = { log: kafkaLogOfTest(kafka.brokers), archive: await bucketOfTest(s3) }
    const pipeline = await openPipeline({ stores, partitions: 3 })
    const { databaseUrl, dataDir, archive, jobs, pool } = pipeline
    const events = Array.from({ length: 300 }, (_, n) =>
      stampedEvent({
        messageId: `m${n}`,
        userPerson: n % 5 === 0 ? ann : personOf(`other ${n % 7}`),
        ...(n === 7 && { event: 'gift_sent', custom: true, properties: { user_id: ann } }),
      }),
    )
    await pipeline.publish(events)
    await pipeline.settled()
    await createCompactor({ archive, pool: jobs.pool, progress: () => undefined })()
    expect((await searchStores(pipeline, [ann])).join(' ')).toMatch(/warehouse.*parquet.*raw/)

    Object.assign(process.env, stores.archive.env)
    const env = {
      ...{ DATABASE_URL: databaseUrl, DATA_DIR: dataDir, PSEUDONYM_KEY: KEY },
      ...stores.log.env,
      ...stores.archive.env,
    }
    const { answer } = await askMillrace<Receipt>(['erase', '--user-id', 'ann'], env)
    expect(answer).toMatchObject({
      warehouse: { facts: { fact_event: 60 }, redactedEvents: 1 },
      archive: { raw: { erased: 60, redacted: 1 }, parquet: { erased: 60, redacted: 1 } },
      pending: [],
      notLoaded: [],
    })
    expect(Date.parse(answer.log.keptUntil ?? '')).toBeGreaterThan(Date.now() + 3_600_000)
    expect(await searchStores(pipeline, [ann])).toEqual([])
    const days = ['--from', '2026-11-20', '--to', '2026-11-20']
    expect((await askMillrace(['replay', ...days], env)).answer).toMatchObject({ identical: true })
    expect((await askMillrace(['reconcile', '--deep'], env)).answer).toMatchObject({ balanced: true })
    expect(await differences(pool)).toEqual([])
  }, 90_000)
})
