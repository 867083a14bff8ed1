import type { Archive } from '@millrace/archive/archive'
import { rawKey } from '@millrace/archive/raw-key'
import { expect, test } from 'vitest'
import { findObjects } from './find-objects.ts'

const topic = 'events.v1'
const NO_RECORDS = { size: 0, etag: 'e' }
/** Offset of the first record to that of the last. */
const RANGES: ReadonlyMap<string, number> = new Map(
  [0, 10, 20].map((firstOffset) => [
    rawKey({ topic, partition: 0, firstOffset, receivedHour: `2026-05-20T${10 + firstOffset / 10}` }),
    firstOffset + 9,
  ]),
)
const KEYS = [...RANGES.keys()]

/** An archive of which each list names what the next one of these says. */
function archiveOf(...lists: readonly (readonly string[])[]): Archive {
  let listed = 0
  return {
    async *list() {
      yield* lists[listed++] ?? []
    },
    head: async (key: string) => ({
      ...{ key, ...NO_RECORDS },
      metadata: { last_offset: String(RANGES.get(key)), count: '10' },
    }),
  } as unknown as Archive
}

async function find(archive: Archive): Promise<string[]> {
  const objects = await findObjects(
    {
      ...{ archive, topic, firstLoaded: new Map([[0, 0]]), waitSeconds: 0 },
      archivedUntil: async () => new Map([[0, 30]]),
      now: () => new Date(0),
      sleep: async () => undefined,
      onWait: () => undefined,
    },
    { from: new Map(), until: new Map([[0, 30]]), days: { from: '2026-05-20', to: '2026-05-20' } },
  )
  return objects.map(({ key }) => key)
}

test('an object that was put while others were listed is looked for once more', async () => {
  const [first = '', , last = ''] = KEYS
  expect(await find(archiveOf([first, last], KEYS))).toEqual(KEYS)
})

test('an object that no list has is missing', async () => {
  const [first = '', , last = ''] = KEYS
  const without = [first, last]
  await expect(find(archiveOf(without, without))).rejects.toThrow('Offset 10 of events.v1/0 is in no object')
})
