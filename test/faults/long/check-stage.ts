import type { Archive } from '@millrace/archive/archive'
import { parseRawKey, rawPrefix } from '@millrace/archive/raw-key'
import type { ArchivedRecord } from '@millrace/archive/read-records'
import { readRecords } from '@millrace/archive/read-records'
import { EVENTS_TOPIC, type StampedEvent } from '@millrace/contracts/stamped-event'
import type { StoredRecord } from '@millrace/event-log/event-log'
import { type AccountReader, createAccountReader, readEnds } from '@millrace/jobs/create-account-reader'
import { expect } from 'vitest'
import { recountEvents } from '../../support/recount-events.ts'
import { runMillrace } from '../../support/run-program.ts'
import { expectRecounted } from '../../support/show-kpis.ts'
import type { LogObserver } from './observe-log.ts'
import { type Stage, TOPICS } from './open-stage.ts'

export interface Checked {
  /** Distinct events that are in the log, and in the facts. */
  readonly events: number
  /** Records beyond those: retries and replays of the spool, which count once. */
  readonly repeats: number
}

const SPOOL_EMPTY_WITHIN_MS = 120_000
const ACCOUNTED_WITHIN_MS = 120_000

/**
 * The promises, each looked up in the stores themselves: every acknowledged event is in the log, the archive is the log
 * offset by offset, the facts hold each event of the log once, every KPI is what a recount of the log says, and
 * reconcile balances. Nothing may be on its way from clients.
 */
export async function checkStage(
  stage: Stage,
  observer: LogObserver,
  acknowledged: ReadonlySet<string>,
): Promise<Checked> {
  await expect
    .poll(() => countKeys(stage, 'spool/'), { timeout: SPOOL_EMPTY_WITHIN_MS, interval: 250 })
    .toBe(0)
  await expectAccounted(stage)
  for (const topic of TOPICS) {
    const partitions = await observer.readAll(topic)
    for (const [partition, records] of partitions.entries())
      expect(await readArchive(stage, topic, partition)).toEqual(records.map(asArchived))
  }
  const events = (await observer.readAll(EVENTS_TOPIC)).map((records) => records.map(eventOf))
  const logged = new Set(events.flat().map(({ messageId }) => messageId))
  expect([...acknowledged].filter((messageId) => !logged.has(messageId))).toEqual([])
  const ids = new Set(events.flat().map(({ eventId }) => eventId))
  const facts = await readEventIds(stage)
  expect(facts.length).toBe(ids.size)
  expect(facts.filter((id) => !ids.has(id))).toEqual([])
  await expectRecounted(stage.pool, untilToday(recountEvents(events, 'UTC')))
  return { events: ids.size, repeats: events.flat().length - ids.size }
}

/** KPIs over several days reach into the days to come, which are not shown. */
function untilToday({ kpis, outcomes }: ReturnType<typeof recountEvents>): ReturnType<typeof recountEvents> {
  const today = new Date().toISOString().slice(0, 10)
  const shown = Object.entries(kpis).map(([name, lines]) => [
    name,
    lines.filter((line) => line.slice(0, 10) <= today),
  ])
  return { kpis: Object.fromEntries(shown), outcomes }
}

async function countKeys({ archive }: Stage, prefix: string): Promise<number> {
  let count = 0
  for await (const _ of archive.list(prefix)) count += 1
  return count
}

const readers = new WeakMap<Stage, AccountReader>()

/** As the command does it, with what was seen before remembered: a process that asks for all takes seconds. */
async function expectAccounted(stage: Stage): Promise<void> {
  const reader = readers.get(stage) ?? createAccountReader(stage)
  readers.set(stage, reader)
  const ends = await readEnds(stage.log, TOPICS)
  const unbalanced = async () => (await reader.read(ends)).filter(({ balanced }) => !balanced)
  await expect.poll(unbalanced, { timeout: ACCOUNTED_WITHIN_MS, interval: 250 }).toEqual([])
}

/** `millrace reconcile`, which knows nothing yet. */
export async function expectBalanced({ env }: Stage): Promise<void> {
  const program = runMillrace(['reconcile', '--wait', '120', '--json'], env)
  expect(await program.ended, program.output()).toBe(0)
  expect(JSON.parse(program.stdout())).toMatchObject({ balanced: true })
}

/** What was read of an object before: nothing replaces one in these tests. */
const readBefore = new WeakMap<Stage, Map<string, readonly ArchivedRecord[]>>()

/** In the order of offsets, whatever objects they lie in. */
async function readArchive(
  stage: Stage,
  topic: string,
  partition: number,
): Promise<readonly ArchivedRecord[]> {
  const { archive } = stage
  const known = readBefore.get(stage) ?? new Map<string, readonly ArchivedRecord[]>()
  readBefore.set(stage, known)
  const objects: { key: string; firstOffset: number }[] = []
  for await (const key of archive.list(rawPrefix(topic))) {
    const name = parseRawKey(key)
    if (name?.partition === partition) objects.push({ key, firstOffset: name.firstOffset })
  }
  const records: ArchivedRecord[] = []
  for (const { key } of objects.sort((a, b) => a.firstOffset - b.firstOffset)) {
    const found = known.get(key) ?? (await readObject(archive, key))
    known.set(key, found)
    records.push(...found)
  }
  return records
}

async function readObject(archive: Archive, key: string): Promise<readonly ArchivedRecord[]> {
  const records: ArchivedRecord[] = []
  for await (const record of readRecords(archive, key)) records.push(record)
  return records
}

function asArchived({ offset, key, value, headers }: StoredRecord): ArchivedRecord {
  const hasHeaders = headers !== undefined && Object.keys(headers).length > 0
  return { offset, key, ...(hasHeaders && { headers }), event: JSON.parse(value) }
}

function eventOf({ value }: StoredRecord): StampedEvent {
  return JSON.parse(value) as StampedEvent
}

async function readEventIds({ pool }: Stage): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('select event_id as id from warehouse.fact_event')
  return rows.map(({ id }) => id)
}
