import type { StampedEvent } from '@millrace/contracts/stamped-event'
import type { PoolClient } from 'pg'
import type { EventFacts, FactBase } from '../facts/event-facts.ts'
import { ownFacts } from '../facts/own-facts.ts'
import { type SessionRow, sessionTouch } from '../to-facts.ts'
import { foldedInto, type SharedFact } from './person-facts.ts'

export type FoldedFacts = Pick<EventFacts, 'session' | 'order' | 'refund' | 'box'>

interface FoldedEvent extends SessionRow, FactBase {
  readonly thing: 'order' | 'refund' | 'box' | null
  readonly session: 'session' | 'visit' | null
  readonly event: string
  readonly properties: StampedEvent['properties'] | null
}

/** All events that these are folded from, mapped as the loader does. Reads fact_event once, whatever their number. */
export async function readEventsOf(tx: PoolClient, shared: readonly SharedFact[]): Promise<FoldedFacts[]> {
  if (shared.length === 0) return []
  const { thing, session } = foldedInto()
  const { rows } = await tx.query<FoldedEvent>(
    `with folded as (
       select source, event_id, business_date, occurred_at, key_kind, person_id, anonymous_id, session_id, country, event,
         properties, ${thing} as thing, ${session} as session
       from warehouse.fact_event event where excluded_reason is null
     )
     select thing, session, source, event_id::text as "eventId", business_date::text as "businessDate",
       to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "occurredAt", key_kind as "keyKind",
       person_id::text as "personId", anonymous_id::text as "anonymousId", session_id as "sessionId", country, event,
       case when thing is not null then properties end as properties
     from folded where thing is not null or session is not null`,
    [shared.map(({ kind }) => kind), shared.map(({ source }) => source), shared.map(({ key }) => key)],
  )
  return rows.map(foldedFacts)
}

function foldedFacts(row: FoldedEvent): FoldedFacts {
  const session = row.session === null ? undefined : sessionTouch(row)
  // An event that bears the name of a contract is none of a sender's own.
  const { order, refund, box } =
    row.thing === null
      ? {}
      : ownFacts({ event: row.event, custom: false, properties: row.properties ?? {} }, row)
  return {
    ...(session && { session }),
    ...(order && { order }),
    ...(refund && { refund }),
    ...(box && { box }),
  }
}
