import { gunzipSync } from 'node:zlib'
import type { Archive } from '@millrace/archive/archive'
import { openParquet, readRows } from '@millrace/archive/parquet/parquet-file'
import type { Pool } from 'pg'

/** The log's own tables lose what they hold by retention. */
const LOG = /^log_chunk$/

/** Where any of the texts stands: every column of every table but those of the log, every object. Sorted, each once. */
export async function searchStores(
  { pool, archive }: { readonly pool: Pool; readonly archive: Archive },
  texts: readonly string[],
): Promise<string[]> {
  const places: string[] = []
  const { rows: tables } = await pool.query<{ schema: string; name: string }>(
    `select relnamespace::regnamespace::text as schema, relname as name from pg_class
     where relnamespace in ('warehouse'::regnamespace, 'pipeline'::regnamespace) and relkind in ('r', 'p')
       and not relispartition order by 1, 2`,
  )
  for (const { schema, name } of tables) {
    if (LOG.test(name)) continue
    const { rows } = await pool.query<{ found: boolean }>(
      `select exists (select from ${schema}.${name} as searched join unnest($1::text[]) as given (searched_for)
         on position(searched_for in searched::text) > 0) as found`,
      [texts],
    )
    if (rows[0]?.found) places.push(`${schema}.${name}`)
  }
  for await (const key of archive.list('')) {
    const held = await textOf(archive, key)
    if (texts.some((text) => held.includes(text))) places.push(key)
  }
  return places
}

async function textOf(archive: Archive, key: string): Promise<string> {
  const object = await archive.get(key)
  const body = Buffer.from(object?.body ?? [])
  if (key.endsWith('.gz')) return gunzipSync(body).toString()
  if (!key.endsWith('.parquet')) return body.toString()
  const file = openParquet(new Uint8Array(body))
  // The bytes too: statistics stand beside the rows.
  return body.toString('latin1') + JSON.stringify(await readRows(file, 0, Number(file.metadata.num_rows)))
}
