import type { EventEnvelope } from './envelope.ts'
import type { EventType } from './parsed-event.ts'
import { type Problem, schemaInvalid } from './problem.ts'
import type { WriteKey } from './write-key.ts'

/** The ids of an event that name somebody; undefined where none was sent. */
export interface EventPeople {
  readonly userId: string | undefined
  readonly anonymousId: string | undefined
  readonly previousId: string | undefined
}

// What a program writes when it meant to send no id; taken as ids they would make one person of many.
const NO_ID: ReadonlySet<string> = new Set(['', 'null', 'undefined', 'NaN', '[object Object]'])

export function readPeople({ userId, anonymousId, previousId }: EventEnvelope): EventPeople {
  return { userId: readId(userId), anonymousId: readId(anonymousId), previousId: readId(previousId) }
}

/** An id as text; undefined for null, blank text and the words of a missing value. */
export function readId(sent: string | number | null | undefined): string | undefined {
  if (sent === null || sent === undefined) return undefined
  const id = typeof sent === 'string' ? sent : String(sent)
  return NO_ID.has(id.trim()) ? undefined : id
}

/** A problem when an event of this type and key lacks a person. */
export function missingPerson(type: EventType, people: EventPeople, key: WriteKey): Problem | undefined {
  if (type === 'alias') return missingAlias(people)
  if (people.userId !== undefined || people.anonymousId !== undefined) return undefined
  if (key.kind === 'secret' && type !== 'identify') return undefined
  return schemaInvalid('userId', 'missing, expected userId or anonymousId')
}

function missingAlias({ userId, previousId }: EventPeople): Problem | undefined {
  if (userId === undefined)
    return schemaInvalid('userId', 'missing, expected the user that previousId becomes')
  if (previousId === undefined)
    return schemaInvalid('previousId', 'missing, expected the id that becomes a name of userId')
  return undefined
}
