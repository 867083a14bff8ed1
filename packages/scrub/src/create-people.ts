import type { EventPeople, KeyedPeople } from '@millrace/contracts/stamped-event'
import { createPseudonyms, type Pseudonyms } from './pseudonym.ts'

export interface PseudonymKeys {
  /** The secret that turns ids into pseudonyms: another key, other people. */
  readonly pseudonymKey: string | Uint8Array
  /** The key before it, for as long as people are to be recognised who were known by it. */
  readonly retiredPseudonymKey?: string | Uint8Array | undefined
}

/** Ids as a client sends them. */
export interface PersonIds {
  readonly userId?: string | undefined
  readonly anonymousId?: string | undefined
  readonly previousId?: string | undefined
}

export interface People {
  /** By which pseudonyms the ids are known: by the current key, and by the retired one where there is one. */
  peopleOf(ids: PersonIds): EventPeople
  /**
   * Pseudonyms for ids inside an event, where there is no room for two: by the oldest living key, so that sessions and
   * orders that are under way at a rotation stay whole.
   */
  readonly pseudonym: Pseudonyms
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

export function createPeople({ pseudonymKey, retiredPseudonymKey }: PseudonymKeys): People {
  const current = createPseudonyms(pseudonymKey)
  if (retiredPseudonymKey === undefined) {
    return { peopleOf: (ids) => keyedPeople(ids, current), pseudonym: current }
  }
  const retired = createPseudonyms(retiredPseudonymKey)
  return {
    peopleOf(ids) {
      const people: Writable<EventPeople> = keyedPeople(ids, current)
      if (hasPeople(people)) people.retired = keyedPeople(ids, retired)
      return people
    },
    pseudonym: retired,
  }
}

function keyedPeople({ userId, anonymousId, previousId }: PersonIds, pseudonym: Pseudonyms): KeyedPeople {
  const people: Writable<KeyedPeople> = {}
  if (userId !== undefined) people.userPerson = pseudonym('u', userId)
  if (anonymousId !== undefined) people.anonymousPerson = pseudonym('a', anonymousId)
  if (previousId !== undefined)
    people.previousPersons = [pseudonym('u', previousId), pseudonym('a', previousId)]
  return people
}

function hasPeople({ userPerson, anonymousPerson, previousPersons }: KeyedPeople): boolean {
  return userPerson !== undefined || anonymousPerson !== undefined || previousPersons !== undefined
}
