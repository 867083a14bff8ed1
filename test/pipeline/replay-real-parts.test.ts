import { createArchiver } from '@millrace/archiver/create-archiver'
import { useStores } from '@millrace/cli/database/use-stores'
import type { ReplayReport } from '@millrace/cli/replay/report-replay'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { createLoader } from '@millrace/loader/create-loader'
import { createLogger } from '@millrace/runtime/logger'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import { expect, test } from 'vitest'
import { askMillrace } from '../support/ask-millrace.ts'
import { randomShop } from '../support/random-shop.ts'
import { makeRealParts, realServers } from '../support/real-parts.ts'
import { describeWith } from '../support/servers.ts'

const topics = [EVENTS_TOPIC, QUARANTINE_TOPIC]
const now = (): Date => new Date()
const logger = createLogger({ service: 'test', level: 'silent' })

await describeWith(realServers, 'Kafka and S3', (servers) => {
  test('what Kafka brought and S3 keeps is replayed; what S3 does not have yet is waited for', async () => {
    const { database, env } = await makeRealParts(servers)
    await useStores({ env, now, note: () => undefined }, async ({ log, archive, pool }) => {
      await log.ensureTopics(topics.map((topic) => ({ topic, partitions: 3, retentionHours: 1 })))
      const parts = { log, archive, timeZone: 'UTC', logger, now }
      const loader = await createLoader({ ...parts, pool, registry: createServiceMetrics() })
      const archiver = await createArchiver({
        ...{ ...parts, topics, registry: createServiceMetrics(), flushSeconds: 3 },
      })
      const events = randomShop(3)
      const records = events.map((event) => ({
        key: event.userPerson ?? event.anonymousPerson ?? event.eventId,
        value: JSON.stringify(event),
      }))
      await log.publish([{ topic: EVENTS_TOPIC, records }])
      await expect.poll(() => loadedRecords(database), { timeout: 30_000, interval: 50 }).toBe(events.length)
      await database.pool.query(`delete from warehouse.fact_order where business_date = '2025-10-20'`)
      const { answer } = await askMillrace<ReplayReport>(
        ['replay', '--month', '2025-10', '--swap', '--yes'],
        env,
      )
      expect(answer.tables.flatMap(({ table, days }) => days.map(({ day }) => `${table} ${day}`))).toEqual([
        'fact_order 2025-10-20',
      ])
      expect(answer.swapped?.after.identical).toBe(true)
      await Promise.all([loader.close(), archiver.close()])
    })
    await database.drop()
  }, 90_000)
})

async function loadedRecords({
  pool,
}: Awaited<ReturnType<typeof makeRealParts>>['database']): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    `select coalesce(sum(next_offset), 0)::int as n from pipeline.load_position where topic = 'events.v1'`,
  )
  return rows[0]?.n ?? 0
}
