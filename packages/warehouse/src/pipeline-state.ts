import type { Queryable } from '@millrace/kpis/queryable'
import { expectTimeZone } from './expect-time-zone.ts'
import { sparingly } from './sparingly.ts'

/**
 * The KPIs whose totals are whole. One that is new, or whose definition changed, is not until `millrace migrate` has
 * filled it from the facts: it is better shown as unknown than as too little.
 * @throws Fault `config_invalid` when the days in this database are days of another time zone.
 */
export async function readFilledKpis(db: Queryable, timeZone: string): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ timeZone: string | null; filled: readonly string[] }>(
    `select (select value from pipeline.setting where name = 'business_time_zone') as "timeZone",
       array(select kpi from pipeline.kpi_definition where filled_at is not null) as filled`,
  )
  const { timeZone: kept, filled = [] } = rows[0] ?? {}
  expectTimeZone(timeZone, kept)
  return new Set(filled)
}

/** What became of the records of one topic of the log that were loaded in the last 24 hours. */
export interface TopicCounts {
  readonly topic: string
  readonly loaded: number
  readonly duplicate: number
  readonly ignored: number
  readonly quarantined: number
  readonly erased: number
}

/** An event that could not be counted and was not sent again. Texts come from outside and are cut to a bounded length. */
export interface QuarantinedRecord {
  /** ISO 8601, UTC. */
  readonly quarantinedAt: string
  /** `contract`: refused by the API; `load`: its facts could not be written. */
  readonly stage: 'contract' | 'load'
  readonly source: string
  readonly code: string
  readonly path: string
  readonly detail: string
}

export interface PipelineState {
  readonly topics: readonly TopicCounts[]
  readonly quarantine: {
    readonly waiting: readonly { readonly code: string; readonly count: number }[]
    readonly newest: readonly QuarantinedRecord[]
  }
}

const NEWEST = 5

/**
 * Reads how the pipeline is doing. The ledger and the quarantine may be long: a read that costs much is done seldom,
 * and answers what it last read in between.
 */
export function createPipelineReader(db: Queryable): () => Promise<PipelineState> {
  const readCounts = sparingly(async () => ({
    topics: await readTopics(db),
    waiting: await readWaiting(db),
  }))
  return async () => {
    const { topics, waiting } = await readCounts('counts')
    return { topics, quarantine: { waiting, newest: await readNewest(db) } }
  }
}

async function readTopics(db: Queryable): Promise<TopicCounts[]> {
  const { rows } = await db.query<TopicCounts>(
    `select topic, sum(loaded)::double precision as loaded, sum(duplicate)::double precision as duplicate,
       sum(ignored)::double precision as ignored, sum(quarantined)::double precision as quarantined,
       sum(erased)::double precision as erased
     from pipeline.load_ledger
     where loaded_at > now() - interval '24 hours'
     group by topic
     order by topic`,
  )
  return rows
}

async function readWaiting(db: Queryable): Promise<{ code: string; count: number }[]> {
  const { rows } = await db.query<{ code: string; count: number }>(
    `select left(code, 100) as code, count(*)::double precision as count
     from pipeline.quarantine
     where retried_at is null
     group by 1
     order by 2 desc, 1
     limit 20`,
  )
  return rows
}

async function readNewest(db: Queryable): Promise<QuarantinedRecord[]> {
  const { rows } = await db.query<Omit<QuarantinedRecord, 'quarantinedAt'> & { quarantinedAt: Date }>(
    `select quarantined_at as "quarantinedAt", stage, left(source, 100) as source, left(code, 100) as code,
       left(path, 200) as path, left(detail, 300) as detail
     from pipeline.quarantine
     where retried_at is null
     order by quarantined_at desc, topic, partition, record_offset desc
     limit $1`,
    [NEWEST],
  )
  return rows.map((row) => ({ ...row, quarantinedAt: row.quarantinedAt.toISOString() }))
}
