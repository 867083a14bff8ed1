import type { Queryable } from './queryable.ts'
import { type Look, readPeriod } from './read-period.ts'

/** An experiment that persons were shown. */
export interface SeenExperiment {
  readonly id: string
  readonly persons: number
  /** At most ten, in the order of their names. */
  readonly variants: readonly string[]
  readonly firstExposure: Date
  readonly lastExposure: Date
}

/** Experiments with exposures in the days before a look, those with most persons first. */
export async function listExperiments(
  db: Queryable,
  { now, days, most }: Pick<Look, 'now'> & { readonly days: number; readonly most: number },
): Promise<readonly SeenExperiment[]> {
  const { from, exposedTo, until } = await readPeriod(db, { now }, days)
  const { rows } = await db.query<SeenExperiment>(
    `select exposure.experiment_id as id,
       count(distinct coalesce(person.canonical_id, exposure.person_id))::float8 as persons,
       (array_agg(distinct exposure.variant_id order by exposure.variant_id))[1:10] as variants,
       min(exposure.occurred_at) as "firstExposure", max(exposure.occurred_at) as "lastExposure"
     from warehouse.fact_exposure exposure
     left join warehouse.dim_person person on person.person_id = exposure.person_id
     where exposure.business_date >= $1 and exposure.business_date <= $2 and exposure.occurred_at < $3
     group by 1
     order by persons desc, id
     limit $4`,
    [from, exposedTo, until.toISOString(), most],
  )
  return rows
}
