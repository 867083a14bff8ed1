import type { Metric } from './define-experiment.ts'
import { exposureValues, FIRST_EXPOSURES } from './first-exposures.ts'
import { metricFacts } from './metric-facts.ts'
import type { Queryable } from './queryable.ts'
import type { Period } from './read-period.ts'
import type { Sample } from './statistics/sample.ts'

/** A metric in one variant; of money in minor units. */
export interface VariantSample extends Sample {
  readonly variant: string
  /** Of revenue its currency, else empty. */
  readonly label: string
  /** Persons with a value other than 0. */
  readonly active: number
  /** Persons whose value was cut by `winsoriseAt`. */
  readonly cut: number
}

/**
 * A metric in all variants with one statement. A person counts from its first exposure on; one whose days are not over
 * takes no part. Variances come from the sum of squares in exact numerics: in floating point amounts in minor units
 * would lose theirs.
 */
export async function readMetric(
  db: Queryable,
  { experimentId, metric, period }: { experimentId: string; metric: Metric; period: Period },
): Promise<readonly VariantSample[]> {
  const facts = metricFacts(metric)
  const cutAt = metric.kind === 'revenue' ? (metric.winsoriseAt ?? 1) : 1
  const { rows } = await db.query<VariantSample>(
    `with seen as (${FIRST_EXPOSURES}),
     assigned as (
       select person_id, variant_id as variant, exposed_at,
         least($4, exposed_at + make_interval(days => $5::int)) as counts_until
       from seen
       where person_id is not null and variant_id = other_variant_id
         and ($5::int is null or exposed_at + make_interval(days => $5::int) <= $4)
     ),
     whole as (
       select assigned.person_id, assigned.variant, facts.label,
         ${metric.kind === 'conversion' ? '1::numeric' : 'sum(facts.value)'} as value
       from (${facts.sql}) as facts
       left join warehouse.dim_person person on person.person_id = facts.person_id
       join assigned on assigned.person_id = coalesce(person.canonical_id, facts.person_id)
       where facts.business_date >= $2 and facts.business_date <= $6
         and facts.at >= assigned.exposed_at and facts.at < assigned.counts_until
       group by 1, 2, 3
     ),
     caps as (
       select label, percentile_disc(${cutAt}) within group (order by value) as cap from whole where value > 0 group by 1
     ),
     sums as (
       select variant, label, sum(least(value, cap)) as sum, sum(least(value, cap) * least(value, cap)) as squares,
         count(*) filter (where value <> 0) as active, count(*) filter (where value > cap) as cut
       from whole left join caps using (label) group by 1, 2
     ),
     labels as (select label from sums ${metric.kind === 'revenue' ? '' : `union select ''`} group by 1),
     sizes as (select variant, count(*) as persons from assigned group by 1)
     select variant, label, persons::float8, coalesce(sum, 0)::float8 as sum,
       case when persons > 1
         then ((coalesce(squares, 0) - coalesce(sum, 0) * coalesce(sum, 0) / persons) / (persons - 1))::float8
         else 0 end as variance,
       coalesce(active, 0)::float8 as active, coalesce(cut, 0)::float8 as cut
     from sizes cross join labels left join sums using (variant, label)
     order by label, variant`,
    [
      ...exposureValues(experimentId, period),
      metric.withinDays ?? null,
      period.to,
      ...(facts.value === undefined ? [] : [facts.value]),
    ],
  )
  return rows
}
