import type { StampedEvent } from '@millrace/contracts/stamped-event'
import type { PoolClient } from 'pg'
import type { EventFacts, FactBase } from '../facts/event-facts.ts'
import { ownFacts } from '../facts/own-facts.ts'
import { type SessionRow, sessionTouch } from '../to-facts.ts'
import { type SharedFact, touchedBy } from './person-facts.ts'

export type FoldedFacts = Pick<EventFacts, 'session' | 'order' | 'refund' | 'box'>

interface FoldedEvent extends SessionRow, FactBase {
  readonly kind: SharedFact['kind']
  readonly event: string
  readonly properties: StampedEvent['properties'] | null
}

/** All events that these are folded from, mapped as the loader does. Reads fact_event once, whatever their number. */
export async function readEventsOf(tx: PoolClient, shared: readonly SharedFact[]): Promise<FoldedFacts[]> {
  if (shared.length === 0) return []
  const { rows } = await tx.query<FoldedEvent>(
    `select kind, event.source, event_id::text as "eventId", business_date::text as "businessDate",
       to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "occurredAt", key_kind as "keyKind",
       person_id::text as "personId", anonymous_id::text as "anonymousId", session_id as "sessionId", country, event,
       case when kind in ('order', 'refund', 'box') then properties end as properties
     from warehouse.fact_event event ${touchedBy('event')}
       join unnest($1::text[], $2::text[], $3::text[]) as given (kind, source, key)
         using (kind, key)
     where given.source = event.source and excluded_reason is null`,
    [shared.map(({ kind }) => kind), shared.map(({ source }) => source), shared.map(({ key }) => key)],
  )
  return rows.map(foldedFacts)
}

function foldedFacts(row: FoldedEvent): FoldedFacts {
  if (row.kind === 'session' || row.kind === 'visit') {
    const session = sessionTouch(row)
    return session ? { session } : {}
  }
  // An event that bears the name of a contract is none of a sender's own.
  return ownFacts({ event: row.event, custom: false, properties: row.properties ?? {} }, row)
}
