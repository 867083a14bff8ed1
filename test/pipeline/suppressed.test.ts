import { readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { WriteKeys } from '@millrace/contracts/write-key'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { type StartedUp, startUp } from '../support/start-up.ts'

const KEYS = WriteKeys.parse([{ key: 'pk_web_of_suppressed', source: 'web', kind: 'public' }])
const SAID_NO = 'suppressedSentence'
const SAID_YES = 'acceptedSentence'

let folder: string
let up: StartedUp
beforeAll(async () => {
  folder = await makeDataFolder()
  up = await startUp(path.join(folder, 'data'), KEYS, {
    HONOUR_DNT: 'true',
    CONSENT_CATEGORIES: 'C0002',
    ARCHIVE_FLUSH_SECONDS: '1',
    LOG_LEVEL: 'debug',
  })
}, 120_000)
afterAll(async () => {
  await up.stop()
  await rm(folder, { recursive: true, force: true })
})

const search = (query: string, given: object = {}) => ({
  messageId: crypto.randomUUID(),
  type: 'track',
  event: 'search_performed',
  anonymousId: `visitor ${query}`,
  properties: { query },
  ...given,
})
const refused = (query: string, given: object = {}) =>
  search(query, { properties: { query: [query] }, ...given })
const consent = (categoryPreferences: object) => ({ context: { consent: { categoryPreferences } } })

/** Files of the data folder that hold the text: the log, the archive, the database with its journal. */
async function filesWith(text: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
  const found = await Promise.all(
    files.map(async (file) => (await readFile(file).catch(() => Buffer.alloc(0))).includes(text)),
  )
  return files.filter((_, index) => found[index])
}

test('what a person who said no sends lies in no file and no line of the log, good or refused', async () => {
  const both = (given: object = {}) => [search(SAID_NO, given), refused(SAID_NO, given)]
  const told = { suppressed: 1, accepted: 0, rejected: [expect.objectContaining({ code: 'schema_invalid' })] }
  const answers = [
    await up.post(both(), { headers: { 'Sec-GPC': '1' } }),
    await up.post(both(), { headers: { DNT: '1' } }),
    await up.post(both(consent({ C0002: false }))),
    await up.post(both(consent({ analytics: false }))),
  ]
  expect(answers.map(({ answer }) => answer)).toEqual(Array(4).fill(expect.objectContaining(told)))

  await up.post([search(SAID_YES), refused(SAID_YES)])
  await up.loaded()
  await up.query('checkpoint')
  expect(
    await up.query(`select source from pipeline.quarantine where record::text like '%${SAID_YES}%'`),
  ).toEqual([{ source: 'web' }])
  // The search itself works: what was accepted is found in the same files.
  await expect.poll(() => filesWith(SAID_YES), { timeout: 10_000 }).not.toEqual([])
  expect(await filesWith(SAID_NO)).toEqual([])
  expect(up.program.stdout() + up.program.stderr()).not.toContain(SAID_NO)

  const metrics = await (await fetch(`${up.api}/metrics`)).text()
  for (const [code, count] of [
    ['gpc', 1],
    ['dnt', 1],
    ['consent', 2],
  ])
    expect(metrics).toContain(`millrace_events_total{outcome="suppressed",code="${code}"} ${count}`)
})
