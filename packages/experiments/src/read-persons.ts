import { exposureValues, FIRST_EXPOSURES } from './first-exposures.ts'
import type { Queryable } from './queryable.ts'
import type { Period } from './read-period.ts'

/** Who was shown an experiment. */
export interface Persons {
  /** Persons that saw one variant alone, by variant, most first. */
  readonly variants: ReadonlyMap<string, number>
  /** They saw several variants, so nobody knows what worked on them. */
  readonly severalVariants: number
  /** Exposures, not persons: the event named nobody. */
  readonly exposuresWithoutPerson: number
  readonly firstExposure: Date | undefined
}

interface Row {
  readonly variant: string | null
  readonly nobody: boolean
  readonly persons: number
  readonly exposures: number
  readonly first: Date
}

export async function readPersons(db: Queryable, experimentId: string, period: Period): Promise<Persons> {
  const { rows } = await db.query<Row>(
    `with seen as (${FIRST_EXPOSURES})
     select person_id is null as nobody,
       case when person_id is not null and variant_id = other_variant_id then variant_id end as variant,
       count(*)::float8 as persons, sum(exposures)::float8 as exposures, min(exposed_at) as first
     from seen group by 1, 2
     order by persons desc, variant`,
    exposureValues(experimentId, period),
  )
  const persons = rows.filter(({ nobody }) => !nobody)
  const moments = persons.map(({ first }) => first.getTime())
  return {
    variants: new Map(persons.flatMap((row) => (row.variant === null ? [] : [[row.variant, row.persons]]))),
    severalVariants: persons.find(({ variant }) => variant === null)?.persons ?? 0,
    exposuresWithoutPerson: rows.find(({ nobody }) => nobody)?.exposures ?? 0,
    firstExposure: moments.length > 0 ? new Date(Math.min(...moments)) : undefined,
  }
}
