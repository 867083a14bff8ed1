import { createHash } from 'node:crypto'
import type { KeyedPeople, StampedEvent } from '@millrace/contracts/stamped-event'

/** Which keys the API had that took an event; in a test's events people have their pseudonyms by the old one. */
export type Keys = 'old' | 'both' | 'new'

/** The pseudonym by the new key of whom the old one gave this pseudonym. */
export function underNewKey(person: string): string {
  const hex = createHash('sha256').update(`new key ${person}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/** An event as the API with these keys publishes it; what it said has the same hash, as a retry's has. */
export function withKeys(event: StampedEvent, keys: Keys): StampedEvent {
  const people = peopleOf(event)
  if (keys === 'old' || Object.keys(people).length === 0) return event
  return { ...event, ...renamed(people), ...(keys === 'both' && { retired: people }) }
}

function peopleOf({ userPerson, anonymousPerson, previousPersons }: StampedEvent): KeyedPeople {
  return {
    ...(userPerson && { userPerson }),
    ...(anonymousPerson && { anonymousPerson }),
    ...(previousPersons && { previousPersons }),
  }
}

function renamed({ userPerson, anonymousPerson, previousPersons }: KeyedPeople): KeyedPeople {
  return {
    ...(userPerson && { userPerson: underNewKey(userPerson) }),
    ...(anonymousPerson && { anonymousPerson: underNewKey(anonymousPerson) }),
    ...(previousPersons && { previousPersons: previousPersons.map(underNewKey) }),
  }
}
