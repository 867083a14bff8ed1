import type { Archive, ArchiveObject } from '@millrace/archive/archive'
import { type ArchivedRange, listArchived } from '@millrace/archive/list-archived'
import { readRecords } from '@millrace/archive/read-records'
import type { StoredRecord } from '@millrace/event-log/event-log'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBatchArchiver } from './archive-batch.ts'
import { createResumePoints } from './resume-points.ts'

const turn = fc.record({
  /** Which of three archivers gets a batch, as after a take-over. */
  who: fc.nat(2),
  records: fc.integer({ min: 1, max: 30 }),
  /** Calls of the archive after which it dies. */
  diesAfter: fc.option(fc.nat(6), { nil: undefined }),
  /** What becomes of a batch that was archived: only the first way moves the group on. */
  fate: fc.constantFrom('commits' as const, 'loses its connection' as const, 'dies' as const),
})
const drain = { who: 0, records: 60, diesAfter: undefined, fate: 'commits' as const }

test('whatever archivers die when, however batches are cut when they come again: each record is archived once', async () => {
  // Two turns at the same time: a stale archiver goes on while another has taken its partition.
  const steps = fc.array(fc.array(turn, { minLength: 1, maxLength: 2 }), { maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(steps, async (given) => {
      const store = createMemoryStore()
      const archivers = new Map<number, ReturnType<typeof openArchiver>>()
      let position = 0
      for (const together of [...given, [drain]]) {
        const from = position
        await Promise.all(
          together.map(async ({ who, records, diesAfter, fate }, place) => {
            const archiver = archivers.get(who + 3 * place) ?? openArchiver(store)
            archivers.set(who + 3 * place, archiver)
            const done = await archiver.archive(recordsFrom(from, records), diesAfter)
            if (done && fate === 'commits' && position === from) position = from + records
            if (!done || fate === 'dies') archivers.delete(who + 3 * place)
          }),
        )
      }
      const offsets = await archivedOffsets(store)
      expect(offsets.slice(0, position)).toEqual(Array.from({ length: position }, (_, n) => n))
      expect(new Set(offsets).size).toBe(offsets.length)
    }),
    { numRuns: 300 },
  )
})

async function archivedOffsets(store: Archive): Promise<readonly number[]> {
  const objects: ArchivedRange[] = []
  for await (const object of listArchived(store, 't')) objects.push(object)
  const offsets: number[] = []
  for (const { key } of objects.sort((a, b) => a.firstOffset - b.firstOffset)) {
    for await (const { offset } of readRecords(store, key)) offsets.push(offset)
  }
  return offsets
}

/** An archiver whose archive can die under it. */
function openArchiver(store: Archive) {
  let left = Number.POSITIVE_INFINITY
  const archive = {
    ...store,
    get: (key: string) => call(() => store.get(key)),
    head: (key: string) => call(() => store.head(key)),
    putIfAbsent: (...given: Parameters<Archive['putIfAbsent']>) => call(() => store.putIfAbsent(...given)),
    replaceIfUnchanged: (...given: Parameters<Archive['replaceIfUnchanged']>) =>
      call(() => store.replaceIfUnchanged(...given)),
  }
  async function call<T>(work: () => Promise<T>): Promise<T> {
    left -= 1
    if (left < 0) throw new Error('dead')
    return work()
  }
  const archiveBatch = createBatchArchiver({
    archive,
    resumePoints: createResumePoints(archive),
    businessDate: () => '2026-11-21',
    readTombstones: async () => undefined,
    onStored: () => undefined,
  })
  return {
    /** False when it died. */
    async archive(records: readonly StoredRecord[], diesAfter?: number): Promise<boolean> {
      left = diesAfter ?? Number.POSITIVE_INFINITY
      return archiveBatch({ topic: 't', partition: 0, records }).then(
        () => true,
        () => false,
      )
    },
  }
}

function recordsFrom(first: number, count: number): StoredRecord[] {
  return Array.from({ length: count }, (_, n) => {
    const offset = first + n
    // Hours that change with the offset: a key depends on where an object begins.
    const receivedAt = `2026-11-21T${String(offset % 24).padStart(2, '0')}:00:00.000Z`
    return { offset, key: 'k', value: JSON.stringify({ offset, receivedAt, timestamp: receivedAt }) }
  })
}

function createMemoryStore(): Archive {
  const objects = new Map<string, ArchiveObject>()
  let versions = 0
  const put = (key: string, body: Uint8Array, metadata: Readonly<Record<string, string>>): void => {
    objects.set(key, { key, body, metadata, etag: `${versions++}` })
  }
  return {
    async putIfAbsent(key, body, metadata) {
      if (objects.has(key)) return 'exists'
      put(key, body, metadata)
      return 'created'
    },
    async replaceIfUnchanged(key, etag, body, metadata) {
      if (objects.get(key)?.etag !== etag) return 'changed'
      put(key, body, metadata)
      return 'replaced'
    },
    get: async (key) => objects.get(key),
    async head(key) {
      const object = objects.get(key)
      return object && { ...object, size: object.body.length }
    },
    async *list(prefix) {
      yield* [...objects.keys()].filter((key) => key.startsWith(prefix)).sort()
    },
    delete: async (key) => void objects.delete(key),
    close: async () => undefined,
  }
}
