import { maskBirthDates, SAYS_BIRTH } from './birth-date.ts'
import { SAYS_NATIONAL_ID } from './national-id.ts'
import { maskPersonNames, SAYS_NAME } from './person-name.ts'
import { maskStreetAddresses, SAYS_ADDRESS } from './street-address.ts'

/** One look for all the words: most texts have none of them, and cost nothing more. */
const SAYS_ANY = new RegExp(
  [SAYS_BIRTH, SAYS_NAME, SAYS_ADDRESS, SAYS_NATIONAL_ID].map(({ source }) => source).join('|'),
  'i',
)

/** Whether a text has words that birth dates, names, addresses or national ids stand beside. */
export function speaksOfPeople(text: string): boolean {
  return SAYS_ANY.test(text)
}

/** Replaces what only the words around it tell: birth dates, names, addresses. */
export function maskSpoken(text: string): string {
  const dated = SAYS_BIRTH.test(text) ? maskBirthDates(text) : text
  const named = SAYS_NAME.test(dated) ? maskPersonNames(dated) : dated
  return SAYS_ADDRESS.test(named) ? maskStreetAddresses(named) : named
}
