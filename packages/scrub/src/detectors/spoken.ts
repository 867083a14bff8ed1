import { maskBirthDates, SAYS_BIRTH } from './birth-date.ts'
import { maskPersonNames, SAYS_NAME } from './person-name.ts'
import { maskStreetAddresses, SAYS_ADDRESS } from './street-address.ts'

/** Replaces what only the words around it tell: birth dates, names, addresses. */
export function maskSpoken(text: string): string {
  const dated = SAYS_BIRTH.test(text) ? maskBirthDates(text) : text
  const named = SAYS_NAME.test(dated) ? maskPersonNames(dated) : dated
  return SAYS_ADDRESS.test(named) ? maskStreetAddresses(named) : named
}
