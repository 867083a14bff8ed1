import type { StoredKpi } from '../kpi.ts'
import { quote } from './quote.ts'

/** The rows of a statement that came or went, and the person-days that were there without them. */
interface Change {
  readonly sign: 1 | -1
  readonly changed: 'new_rows' | 'old_rows'
  /** SQL: the table's rows that are not among the changed ones. */
  readonly kept: string
}

const TABLE = 'warehouse.fact_person_day'

const CHANGES = {
  insert: [{ sign: 1, changed: 'new_rows', kept: without('new_rows') }],
  delete: [{ sign: -1, changed: 'old_rows', kept: `select * from ${TABLE}` }],
  update: [
    { sign: -1, changed: 'old_rows', kept: without('new_rows') },
    { sign: 1, changed: 'new_rows', kept: without('new_rows') },
  ],
} as const satisfies Record<string, readonly Change[]>

function without(rows: string): string {
  return `select d.* from ${TABLE} d where not exists (
        select from ${rows} r where r.person_id = d.person_id and r.business_date = d.business_date)`
}

/**
 * What a statement on fact_person_day adds to the distinct-people KPIs, each of its own window of w days.
 *
 * A new active day a of a person adds one to the days from max(a, previous + w) to min(a + w − 1, next − 1). Among the
 * rows of one statement the other new ones count as previous, never as next, which makes the result the same in any
 * order of arrival; removing is the mirror image. Person-days with the same neighbours are counted together, for a batch
 * has few days and so few kinds; each range becomes two edges, so that the work does not depend on w.
 *
 * Person-days are kept for the longest window before the first kept day, so that the neighbours of every counted day are
 * there. Earlier days have lost theirs: their totals stay as they are.
 */
export function personDayChanges(kpis: readonly StoredKpi[], verb: keyof typeof CHANGES): string {
  return CHANGES[verb].map((change) => `(${changeOf(kpis, change)})`).join('\nunion all\n')
}

function changeOf(kpis: readonly StoredKpi[], { sign, changed, kept }: Change): string {
  const windows = kpis.map((kpi) => `(${quote(kpi.name)}, ${windowDays(kpi)})`).join(', ')
  const longest = Math.max(...kpis.map(windowDays))
  return `
  with touched as (
    select person_id, min(business_date) - ${longest} as since, max(business_date) + ${longest} as until
    from ${changed} group by person_id
  ), days as (
    select person_id, business_date, true as is_changed from ${changed}
    union all
    select k.person_id, k.business_date, false
    from touched t join lateral (${kept}) k
      on k.person_id = t.person_id and k.business_date >= t.since and k.business_date <= t.until
  ), neighbours as (
    select business_date, is_changed, lag(business_date) over person as previous,
      min(business_date) filter (where not is_changed)
        over (person rows between 1 following and unbounded following) as next
    from days window person as (partition by person_id order by business_date)
  ), gaps as (
    select business_date, previous, next, count(*) as people from neighbours where is_changed group by 1, 2, 3
  ), ranges as (
    select kpi, greatest(business_date, previous + w) as first_day, least(business_date + w - 1, next - 1) as last_day,
      people
    from gaps cross join (values ${windows}) as windows (kpi, w)
  ), edges as (
    select kpi, business_date, sum(step) as step
    from ranges cross join lateral (values (first_day, people), (last_day + 1, -people)) as edge (business_date, step)
    where first_day <= last_day
    group by kpi, business_date
  ), stretches as (
    select kpi, business_date as first_day, sum(step) over kpi as people,
      lead(business_date) over kpi as end_day
    from edges window kpi as (partition by kpi order by business_date)
  )
  select kpi, day as business_date, day::timestamp at time zone 'UTC' as hour, '{}'::jsonb as dimensions, 0 as bucket,
    ${sign} * people as entries, 0::numeric as numerator, 0::numeric as denominator
  from stretches
    cross join lateral (select first_day + step as day from generate_series(0, end_day - first_day - 1) as step) as d
  where people <> 0 and day >= (select first_day from pipeline.facts_kept)`
}

function windowDays(kpi: StoredKpi): number {
  if (kpi.measure.kind !== 'distinct_people') throw new Error(`${kpi.name} does not count distinct people`)
  return kpi.measure.days
}
