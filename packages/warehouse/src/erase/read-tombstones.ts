import { type IsErased, wasReceivedBefore } from '@millrace/contracts/erase-people'
import type { Queryable } from '@millrace/kpis/queryable'

/** Whether anything was erased since then, or is being erased: hardly ever, and told by one look into an index. */
export async function wasErasedSince(db: Queryable, receivedAt: string): Promise<boolean> {
  const { rows } = await db.query<{ some: boolean }>(
    'select exists (select from pipeline.erasure where erased_at > $1::timestamptz) as some',
    [receivedAt],
  )
  return rows[0]?.some ?? false
}

/** Which of these pseudonyms are to be forgotten, and up to when. */
export async function readTombstones(db: Queryable, people: readonly string[]): Promise<IsErased> {
  const { rows } = await db.query<{ person: string; erasedAt: number }>(
    `select person::text, max(extract(epoch from erased_at) * 1000)::double precision as "erasedAt"
     from unnest($1::uuid[]) as person
       join pipeline.erased_person on person_hash = pipeline.tombstone_of(person)
       join pipeline.erasure using (erasure_id)
     group by person`,
    [people],
  )
  const erasedAt = new Map(rows.map((row) => [row.person, row.erasedAt]))
  return (person, receivedAt) => {
    const until = erasedAt.get(person)
    return until !== undefined && wasReceivedBefore(receivedAt, until)
  }
}
