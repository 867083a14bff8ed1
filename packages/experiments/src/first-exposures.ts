import type { Period } from './read-period.ts'

/** What the statement below is given as $1 to $4. */
export function exposureValues(experimentId: string, { from, exposedTo, until }: Period): unknown[] {
  return [experimentId, from, exposedTo, until.toISOString()]
}

/**
 * A row a person that was shown the experiment $1, as the person it counts as now: when first, and which variants. The
 * loader keeps bots and canaries out of the table. One row, of nobody, has the exposures without a person.
 */
export const FIRST_EXPOSURES = `
  select coalesce(person.canonical_id, exposure.person_id) as person_id,
    min(exposure.occurred_at) as exposed_at, count(*) as exposures,
    min(exposure.variant_id) as variant_id, max(exposure.variant_id) as other_variant_id
  from warehouse.fact_exposure exposure
  left join warehouse.dim_person person on person.person_id = exposure.person_id
  where exposure.experiment_id = $1 and exposure.business_date >= $2 and exposure.business_date <= $3
    and exposure.occurred_at < $4
  group by 1`
