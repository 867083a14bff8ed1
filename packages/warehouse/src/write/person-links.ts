import type { PersonLink, PersonRow } from '../facts/event-facts.ts'

/** What the database knows of a pseudonym. */
export interface KnownPerson {
  readonly kind: PersonRow['kind']
  /** Whom it counts as. */
  readonly canonicalId: string
  /** By which pseudonym the same id was known first, under an earlier key. */
  readonly sameAs: string | null
}

export interface PersonLinks {
  /** Whom a person counts as. */
  of(personId: string): string
  /** One pseudonym for all that an id is known by under several keys. */
  nameOf(personId: string): string
  rename(personId: string, formerId: string): void
  link(link: PersonLink): void
  /** Persons who counted as themselves (with whoever counted as them) and now count as another. */
  moves(): ReadonlyMap<string, string>
  /** Pseudonyms that were a name (of themselves, with whoever had it), and the name that they now have. */
  renames(): ReadonlyMap<string, string>
}

/**
 * Who is the same person, while the links of a batch are added to what the database knows.
 * An anonymous id keeps its first user, under whatever key it was seen with that one; two users become one by alias only.
 */
export function createPersonLinks(known: ReadonlyMap<string, KnownPerson>): PersonLinks {
  const moved = new Map<string, string>()
  const renamed = new Map<string, string>()
  const of = (personId: string): string => last(moved, known.get(personId)?.canonicalId ?? personId)
  const nameOf = (personId: string): string => last(renamed, known.get(personId)?.sameAs ?? personId)
  /** Whoever counts as a user has one; nobody else ever counts as a visitor but by another key. */
  const hasUser = (personId: string): boolean => known.get(of(personId))?.kind === 'user'
  const move = (from: string, to: string): void => {
    if (of(from) !== of(to)) moved.set(of(from), of(to))
  }
  return {
    of,
    nameOf,
    rename(personId, formerId) {
      const [name, former] = [nameOf(personId), nameOf(formerId)]
      if (name === former) return
      renamed.set(name, former)
      if (!hasUser(personId)) move(personId, formerId)
      else if (!hasUser(formerId)) move(formerId, personId)
      // Of a visitor who got another user under each key before this was known, each keeps what was counted.
      else if (known.get(personId)?.kind === 'user') move(personId, formerId)
    },
    link({ from, to, by }) {
      if (by === 'alias' || !hasUser(from)) move(from, to)
    },
    moves: () => new Map([...moved.keys()].map((from) => [from, last(moved, from)])),
    renames: () => new Map([...renamed.keys()].map((from) => [from, last(renamed, from)])),
  }
}

function last(next: ReadonlyMap<string, string>, from: string): string {
  let end = from
  for (let to = next.get(end); to !== undefined; to = next.get(end)) end = to
  return end
}
