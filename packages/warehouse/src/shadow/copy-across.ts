import { pipeline } from 'node:stream/promises'
import type { PoolClient } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'

/** Copies the rows of a select from one database into a table of another, without holding them in memory. */
export async function copyAcross(
  from: PoolClient,
  select: string,
  to: PoolClient,
  /** Table and columns, as `link (person_id, kind)`. */
  into: string,
): Promise<void> {
  await pipeline(
    from.query(copyTo(`copy (${select}) to stdout`)),
    to.query(copyFrom(`copy ${into} from stdin`)),
  )
}
