import type { PoolClient } from 'pg'
import { expect, test } from 'vitest'
import { claimEvents } from './claim-events.ts'
import type { FactRecord } from './fact-batch.ts'

const record = (eventId: string, contentHash: string): FactRecord =>
  ({ offset: 0, value: '{}', contentHash, facts: { event: { eventId } } }) as unknown as FactRecord

/** A transaction in which these ids were claimed before, with the content that is known of them then. */
function claimedBefore(hashes: Readonly<Record<string, string | undefined>>): PoolClient {
  return {
    query: async (sql: string) => ({
      rows: Object.entries(hashes).flatMap(([event_id, hash]) =>
        sql.includes('insert into') ? { event_id } : hash === undefined ? [] : { event_id, hash },
      ),
    }),
  } as unknown as PoolClient
}

test('what was claimed before is a repeated event or a conflict, by its content', async () => {
  const [same, other, fresh] = [record('a', '1'), record('b', '2'), record('c', '3')]
  const claimed = await claimEvents(claimedBefore({ a: '1', b: '1' }), [same, other, fresh])
  expect(claimed).toMatchObject({ fresh: [fresh], duplicates: 1, conflicts: [{ code: 'id_conflict' }] })
})

test('an event whose claim retention deletes just after it was found is not loaded without one', async () => {
  const claimed = await claimEvents(claimedBefore({ a: undefined }), [record('a', '1')])
  expect(claimed).toEqual({ fresh: [], duplicates: 1, conflicts: [] })
})
