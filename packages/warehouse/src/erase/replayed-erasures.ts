import { Fault } from '@millrace/contracts/fault'
import type { Queryable } from '@millrace/kpis/queryable'
import type { PoolClient } from 'pg'
import { copyAcross } from '../shadow/copy-across.ts'

/**
 * Gives a replay the tombstones that the live database has: the archive may not be rid of everyone yet. Returns what to
 * ask for again before anything goes back.
 * @throws Fault `already_running` while an erasure is under way.
 */
export async function takeTombstones(live: PoolClient, shadow: PoolClient): Promise<string> {
  const { open, mark } = await readState(live)
  if (open)
    throw new Fault('already_running', 'An erasure is under way: replay again when it has deleted its facts')
  await copyAcross(
    live,
    'select erasure_id, erased_at from pipeline.erasure',
    shadow,
    'pipeline.erasure (erasure_id, erased_at)',
  )
  await copyAcross(
    live,
    'select person_hash, erasure_id from pipeline.erased_person',
    shadow,
    'pipeline.erased_person (person_hash, erasure_id)',
  )
  return mark
}

/**
 * What was read before an erasure would bring its persons back.
 * @throws Fault `already_running` when one has begun since.
 */
export async function expectSameErasures(live: Queryable, mark: string): Promise<void> {
  if ((await readState(live)).mark === mark) return
  throw new Fault('already_running', 'An erasure has begun since the archive was read: replay again')
}

async function readState(db: Queryable): Promise<{ readonly open: boolean; readonly mark: string }> {
  const { rows } = await db.query<{ open: number; all: number }>(
    `select count(*)::int as all, count(*) filter (where not isfinite(erased_at))::int as open from pipeline.erasure`,
  )
  const { all = 0, open = 0 } = rows[0] ?? {}
  return { open: open > 0, mark: `${all}/${open}` }
}
