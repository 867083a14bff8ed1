import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Archive } from './archive.ts'
import { chooseObjects, listObjects, type ObjectChoice } from './choose-objects.ts'
import { createFolderArchive } from './folder.ts'
import { rawKey } from './raw-key.ts'

const topic = 'events.v1'
let folder: string
let archive: Archive

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'millrace-choose-'))
  archive = createFolderArchive({ folder })
  await put(0, 0, 9, '2026-01-05T10', ['2026-01-04', '2026-01-05'])
  await put(0, 10, 19, '2026-01-05T12', ['2026-01-05', '2026-01-05'])
  await put(0, 20, 29, '2026-04-01T00', ['2026-03-31', '2026-04-01'])
  await put(0, 30, 39, '2026-04-02T00', ['2026-01-05', '2026-04-02'])
  await put(1, 0, 4, '2026-04-01T05', ['2026-04-01', '2026-04-01'])
  await put(1, 5, 6, '2026-04-01T06')
  await archive.putIfAbsent('raw/events.v1/notes.txt', Buffer.from('not an object of records'), {})
})
afterAll(async () => {
  await archive.close()
  await rm(folder, { recursive: true, force: true })
})

/** Without days: an object that was copied by other means and has no metadata. */
async function put(
  partition: number,
  from: number,
  to: number,
  receivedHour: string,
  days?: readonly [string, string],
): Promise<void> {
  const lines = Array.from({ length: to - from + 1 }, (_, n) =>
    JSON.stringify({ offset: from + n, key: 'k', event: {} }),
  )
  const key = rawKey({ topic, partition, firstOffset: from, receivedHour })
  const metadata = days && {
    ...{ first_offset: `${from}`, last_offset: `${to}`, count: `${to - from + 1}` },
    ...{
      least_received_at: `${receivedHour}:00:00.000Z`,
      greatest_received_at: `${receivedHour}:59:00.000Z`,
    },
    ...{ least_business_date: days[0], greatest_business_date: days[1] },
  }
  await archive.putIfAbsent(key, gzipSync(lines.join('\n')), metadata ?? {})
}

/** `partition:first-last` of each object. */
async function chosen(choice: ObjectChoice): Promise<string[]> {
  const objects = await chooseObjects(archive, topic, choice)
  return objects.map(({ partition, firstOffset, lastOffset }) => `${partition}:${firstOffset}-${lastOffset}`)
}

const UNDESCRIBED = '1:5-6'

test('everything, in order of partition and offset', async () => {
  expect(await chosen({})).toEqual(['0:0-9', '0:10-19', '0:20-29', '0:30-39', '1:0-4', '1:5-6'])
})

test('by business days: late events are found wherever they were received', async () => {
  expect(await chosen({ businessDays: { from: '2026-01-05', to: '2026-01-05' } })).toEqual([
    ...['0:0-9', '0:10-19', '0:30-39', UNDESCRIBED],
  ])
  expect(await chosen({ businessDays: { from: '2026-04-01', to: '2026-04-01' } })).toEqual([
    ...['0:20-29', '0:30-39', '1:0-4', UNDESCRIBED],
  ])
})

test('by the hours of receiving', async () => {
  expect(await chosen({ hours: { from: '2026-01-05T11', to: '2026-01-05T12' } })).toEqual([
    '0:10-19',
    UNDESCRIBED,
  ])
})

test('by offsets of a partition', async () => {
  expect(await chosen({ offsets: new Map([[0, { from: 9, to: 10 }]]) })).toEqual(['0:0-9', '0:10-19'])
  expect(await chosen({ offsets: new Map([[1, { from: 6, to: 6 }]]) })).toEqual(['1:5-6'])
  expect(await chosen({ offsets: new Map([[2, { from: 0, to: 9 }]]) })).toEqual([])
})

test('an object from long ago between later ones leaves no hole', async () => {
  await put(2, 0, 0, '2026-04-01T00', ['2026-04-01', '2026-04-01'])
  await put(2, 1, 1, '2026-01-01T00', ['2026-01-01', '2026-01-01'])
  await put(2, 2, 2, '2026-01-01T01', ['2026-01-01', '2026-01-01'])
  await put(2, 3, 3, '2026-04-01T01', ['2026-04-01', '2026-04-01'])
  const offsets = new Map([[2, { from: 0, to: 9 }]])
  const april = { from: '2026-04-01', to: '2026-04-01' }
  const listed = await listObjects(archive, topic, { offsets, businessDays: april })
  expect(listed.map(({ firstOffset }) => firstOffset)).toEqual([0, 1, 2, 3])
  expect(await chosen({ offsets, businessDays: april })).toEqual(['2:0-0', '2:3-3'])
})

test('of what was received long before only the last objects are asked for', async () => {
  const days = Array.from({ length: 400 }, (_, n) =>
    new Date(Date.UTC(2025, 0, 1 + n)).toISOString().slice(0, 10),
  )
  const heads = new Map(
    days.map((day, n) => [
      rawKey({ topic, partition: 0, firstOffset: n, receivedHour: `${day}T00` }),
      { last_offset: `${n}`, count: '1', least_business_date: day, greatest_business_date: day },
    ]),
  )
  const read: string[] = []
  const many: Archive = {
    ...archive,
    async *list() {
      yield* heads.keys()
    },
    async head(key: string) {
      read.push(key)
      return { key, metadata: heads.get(key) ?? {}, etag: '', size: 0 }
    },
  }
  const businessDays = { from: '2025-12-31', to: '2026-01-01' }
  const found = await chooseObjects(many, topic, { businessDays })
  expect(found.map(({ firstOffset }) => firstOffset)).toEqual([364, 365])
  // A month and a hundred objects before it, and all that came later.
  expect(read).toHaveLength(400 - (364 - 31 - 100))
})
