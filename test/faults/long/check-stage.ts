import { listRawObjects, type RawObject } from '@millrace/archive/list-raw-objects'
import type { ArchivedRecord } from '@millrace/archive/read-records'
import { countSpooled } from '@millrace/archive/spool'
import { EVENTS_TOPIC, type StampedEvent } from '@millrace/contracts/stamped-event'
import type { StoredRecord } from '@millrace/event-log/event-log'
import { type AccountReader, createAccountReader, readEnds } from '@millrace/jobs/create-account-reader'
import { expect } from 'vitest'
import { archivedRecords } from '../../support/compare-archive.ts'
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
    .poll(() => countSpooled(stage.archive), { timeout: SPOOL_EMPTY_WITHIN_MS, interval: 250 })
    .toBe(0)
  await expectAccounted(stage)
  const logged = new Map<string, LoggedPartitions>()
  for (const topic of TOPICS) {
    const partitions = await observer.readAll(topic)
    logged.set(topic, partitions)
    const objects = await listRawObjects(stage.archive, topic)
    for (const [partition, records] of partitions.entries())
      expect(await readArchive(stage, objects.get(partition) ?? [])).toEqual(records.map(asArchived))
  }
  const partitions = (logged.get(EVENTS_TOPIC) ?? []).map((records) => records.map(eventOf))
  const events = partitions.flat()
  const messageIds = new Set(events.map(({ messageId }) => messageId))
  expect([...acknowledged].filter((messageId) => !messageIds.has(messageId))).toEqual([])
  const ids = new Set(events.map(({ eventId }) => eventId))
  const facts = await readEventIds(stage)
  expect(facts.length).toBe(ids.size)
  expect(facts.filter((id) => !ids.has(id))).toEqual([])
  await expectRecounted(stage.pool, untilToday(recountEvents(partitions, 'UTC')))
  return { events: ids.size, repeats: events.length - ids.size }
}

type LoggedPartitions = Awaited<ReturnType<LogObserver['readAll']>>

/** KPIs over several days reach into the days to come, which are not shown. */
function untilToday({ kpis, outcomes }: ReturnType<typeof recountEvents>): ReturnType<typeof recountEvents> {
  const today = new Date().toISOString().slice(0, 10)
  const shown = Object.entries(kpis).map(([name, lines]) => [
    name,
    lines.filter((line) => line.slice(0, 10) <= today),
  ])
  return { kpis: Object.fromEntries(shown), outcomes }
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

async function readArchive(stage: Stage, objects: readonly RawObject[]): Promise<readonly ArchivedRecord[]> {
  const known = readBefore.get(stage) ?? new Map<string, readonly ArchivedRecord[]>()
  readBefore.set(stage, known)
  const records: ArchivedRecord[] = []
  for (const { key } of objects) {
    const found = known.get(key) ?? (await archivedRecords(stage.archive, key))
    known.set(key, found)
    records.push(...found)
  }
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
