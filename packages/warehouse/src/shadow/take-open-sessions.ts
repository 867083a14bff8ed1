import type { DayRange } from '@millrace/kpis/read-totals'
import { quote } from '@millrace/kpis/sql/quote'
import type { PoolClient } from 'pg'
import { SESSION_COLUMNS } from '../write/fold-sessions.ts'
import { copyAcross } from './copy-across.ts'
import { addDays } from './replay-range.ts'

const COLUMNS = SESSION_COLUMNS.join(', ')

/**
 * Sessions of more than a day are cut every 24 h from their start, which may lie before everything that is replayed: of
 * those by an id the first part is taken over, of visits the one that reaches into the replay.
 */
export async function takeOpenSessions(
  live: PoolClient,
  shadow: PoolClient,
  covered: DayRange,
): Promise<void> {
  await copyAcross(
    live,
    `select ${COLUMNS} from warehouse.fact_session
     where split_from is not null and business_date < date ${quote(covered.from)}
       and (kind = 'id' and part = 0 or kind = 'idle' and ended_at >= date ${quote(addDays(covered.from, -2))})`,
    shadow,
    `warehouse.fact_session (${COLUMNS})`,
  )
}
