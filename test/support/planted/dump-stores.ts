import { gunzipSync } from 'node:zlib'
import type { Archive } from '@millrace/archive/archive'
import { openParquet, readRows } from '@millrace/archive/parquet/parquet-file'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { EventLog } from '@millrace/event-log/event-log'
import pg from 'pg'
import type { Dumped } from './find-needles.ts'

/** Every record of the log: keys, headers and values. */
export async function dumpLog(log: EventLog): Promise<Dumped[]> {
  const dumped: Dumped[] = []
  for (const topic of [EVENTS_TOPIC, QUARANTINE_TOPIC]) {
    const ranges = (await log.ranges(topic)).map((range) => ({ topic, ...range }))
    await log.read(ranges, ({ partition }, records) => {
      for (const { offset, ...record } of records)
        dumped.push({ place: `log ${topic} ${partition} ${offset}`, text: JSON.stringify(record) })
    })
  }
  return dumped
}

/** Every object of the archive, unpacked, with its key and metadata. */
export async function dumpArchive(archive: Archive): Promise<Dumped[]> {
  const dumped: Dumped[] = []
  for await (const key of archive.list('')) {
    const object = await archive.get(key)
    if (!object) continue
    const text = key.endsWith('.parquet') ? await parquetText(object.body) : plainText(key, object.body)
    dumped.push({ place: `archive ${key}`, text: `${key} ${JSON.stringify(object.metadata)}\n${text}` })
  }
  return dumped
}

function plainText(key: string, body: Uint8Array): string {
  return (key.endsWith('.gz') ? gunzipSync(body) : Buffer.from(body)).toString('utf8')
}

async function parquetText(body: Uint8Array): Promise<string> {
  const file = openParquet(body)
  const rows = await readRows(file, 0, Number(file.metadata.num_rows))
  return JSON.stringify(rows, (_key, value) => (typeof value === 'bigint' ? String(value) : value))
}

/** Every row of every table as text. */
export async function dumpDatabase(url: string): Promise<Dumped[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    )
    const dumped: Dumped[] = []
    for (const { name } of tables) {
      const { rows } = await client.query<{ text: string }>(`select t::text as text from ${name} t`)
      dumped.push({ place: `table ${name}`, text: rows.map(({ text }) => text).join('\n') })
    }
    return dumped
  } finally {
    await client.end()
  }
}

/** What a service says of itself, at each of these addresses. */
export async function dumpPages(urls: readonly string[]): Promise<Dumped[]> {
  return Promise.all(
    urls.map(async (url) => {
      const response = await fetch(url)
      return { place: url, text: `${JSON.stringify([...response.headers])}\n${await response.text()}` }
    }),
  )
}
