import { createPool } from '@millrace/warehouse/database'
import { type Finding, failed, ok, warning } from './finding.ts'

export interface CanaryCheckDeps {
  /** Undefined when none was found: that is told by the check of the database. */
  readonly databaseUrl: string | undefined
  readonly now: () => Date
}

const LATE_MINUTES = 60

interface State {
  readonly sentAt: Date | null
  readonly stores: Readonly<Record<string, { readonly leaks: number; readonly checkedAt: string }>> | null
}

/** Whether the canary flies, and what was found of it where nothing may be. */
export async function checkCanary({ databaseUrl, now }: CanaryCheckDeps): Promise<Finding[]> {
  if (!databaseUrl) return []
  const pool = createPool({ url: databaseUrl, name: 'doctor', max: 1 })
  try {
    const { rows } = await pool.query<State>(
      `select (select max(sent_at) from pipeline.canary_round) as "sentAt",
         (select result -> 'stores' from pipeline.job_success where job = 'find_leaks') as stores`,
    )
    return [describe(rows[0] ?? { sentAt: null, stores: null }, now())]
  } catch {
    // Not migrated, or not to be asked: told already.
    return []
  } finally {
    await pool.end()
  }
}

function describe({ sentAt, stores }: State, at: Date): Finding {
  const minutesAgo = (time: Date | string): number =>
    Math.round((at.getTime() - new Date(time).getTime()) / 60_000)
  if (!sentAt)
    return warning('canary', 'never sent: add a write key with "canary": true, for leaks of personal data')
  if (minutesAgo(sentAt) > LATE_MINUTES)
    return failed('canary', `sent ${minutesAgo(sentAt)} minutes ago: do the jobs run, with its write key?`)
  const checked = Object.entries(stores ?? {})
  if (checked.length === 0) return warning('canary', 'sent, and not looked for yet')
  const leaks = checked.filter(([, store]) => store.leaks > 0)
  if (leaks.length > 0) {
    const places = leaks.map(([store, found]) => `${found.leaks} in ${store}`).join(', ')
    return failed('canary', `false personal data was kept (${places}): the log of the jobs says where`)
  }
  const late = checked.filter(([, { checkedAt }]) => minutesAgo(checkedAt) > LATE_MINUTES)
  const names = (some: typeof checked): string => some.map(([store]) => store).join(', ')
  if (late.length > 0)
    return failed('canary', `not looked for in ${names(late)} for an hour: do the jobs run?`)
  return ok('canary', `nothing of it is kept in ${names(checked)}`)
}
