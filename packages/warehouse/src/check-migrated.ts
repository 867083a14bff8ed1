import { Fault } from '@millrace/contracts/fault'
import type { Queryable } from '@millrace/kpis/queryable'
import { expectTimeZone } from './expect-time-zone.ts'
import { listMigrations } from './list-migrations.ts'

/** Postgres has no such schema, table or role, or does not let us at it: `millrace migrate` has not made them yet. */
const NOT_MADE = new Set(['3F000', '42P01', '42501', '22023', '28000'])

/**
 * Resolves when the database is that of this release, or of a later one. A service asks until it is: migrating is not
 * its own part.
 * @throws Fault `database_unavailable` while it is away or `millrace migrate` has not run yet, `config_invalid` when it
 * keeps days of another time zone.
 */
export async function checkMigrated(db: Queryable, timeZone: string): Promise<void> {
  const files = await listMigrations()
  const { missing, kept } = await ask(db, files)
  if (missing) {
    throw new Fault('database_unavailable', `Postgres lacks ${missing}: run \`millrace migrate\``)
  }
  expectTimeZone(timeZone, kept)
}

interface Found {
  /** The first migration that has not run. */
  readonly missing: string | null
  readonly kept: string | null
}

async function ask(db: Queryable, files: readonly string[]): Promise<Found> {
  try {
    const { rows } = await db.query<Found>(
      `select (select min(file) from unnest($1::text[]) as file
               where file not in (select name from pipeline.migration)) as missing,
         (select value from pipeline.setting where name = 'business_time_zone') as kept`,
      [files],
    )
    return rows[0] ?? { missing: null, kept: null }
  } catch (cause) {
    const { code, message } = cause as { code?: string; message?: string }
    const why = code && NOT_MADE.has(code) ? `${message}: run \`millrace migrate\`` : message
    throw new Fault('database_unavailable', `Postgres cannot be used: ${why}`, { cause })
  }
}
