import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventsAsTheyAre, type LoadedMapping, loadMapping } from './load-mapping.ts'

async function load(source: string): Promise<LoadedMapping> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mapping-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = path.join(folder, 'mapping.ts')
  await writeFile(file, source)
  return loadMapping(file)
}

test('the simple form may return an event, some, or none', async () => {
  const { mapping } = await load(`
    export const map = ({ n }: { n: number }) =>
      n === 0 ? undefined : n === 1 ? { messageId: 'one' } : [{ messageId: 'a' }, { messageId: 'b' }]`)
  const made = [0, 1, 2].flatMap((n) => [...mapping.map({ n }, 1)].map(({ messageId }) => messageId))
  expect(made).toEqual(['one', 'a', 'b'])
})

test('createMapping is called once a file, and format and columns come along', async () => {
  const loaded = await load(`
    export const format = 'lines'
    export const columns = ['line']
    export function createMapping() {
      let rows = 0
      return { map: () => { rows += 1; return [] }, end: () => [{ messageId: String(rows) }] }
    }`)
  loaded.mapping.map({}, 1)
  loaded.mapping.map({}, 2)
  expect([...(loaded.mapping.end?.() ?? [])]).toEqual([{ messageId: '2' }])
  expect(loaded).toMatchObject({ format: 'lines', columns: ['line'] })
})

test.each([
  ['exports neither', 'export const other = 1', /must export a function named map or createMapping/],
  ['does not load', 'export const map = (', /does not load/],
  ['asks for an unknown format', "export const format = 'xml'; export const map = () => []", /none of csv/],
  [
    'makes no mapping',
    'export const createMapping = () => 1',
    /must return an object with a function named map/,
  ],
])('a file that %s is refused by name', async (_name, source, message) => {
  await expect(load(source)).rejects.toThrow(message)
})

test('a file that is not there is named', async () => {
  await expect(loadMapping('/nowhere/mapping.ts')).rejects.toThrow(
    'There is no mapping file /nowhere/mapping.ts',
  )
})

test('events without a mapping keep their messageId; one without gets the same whenever it is sent', () => {
  const { map } = eventsAsTheyAre.mapping
  const [kept] = map({ messageId: 'm1', event: 'a' }, 1)
  const [made] = map({ event: 'a' }, 2)
  const [again] = map({ event: 'a' }, 2)
  const [other] = map({ event: 'a' }, 3)
  expect(kept).toEqual({ messageId: 'm1', event: 'a' })
  expect(made).toEqual(again)
  expect(made?.messageId).not.toBe(other?.messageId)
})
