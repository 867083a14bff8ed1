import type { Pseudonyms } from './pseudonym.ts'
import { scrubText } from './scrub-text.ts'

const PLAIN = /^(?:[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|[A-Za-z_-]{0,40}\d{0,11})$/i

/** An id as it is, or, where a detector finds personal data in it, its keyed hash: the same id gives the same hash. */
export function scrubId(id: string, pseudonym: Pseudonyms): string {
  if (PLAIN.test(id) || scrubText(id) === id) return id
  return pseudonym('i', id)
}
