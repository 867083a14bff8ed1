import type { PersonLink } from '../facts/event-facts.ts'

export interface PersonLinks {
  /** Whom a person counts as. */
  of(personId: string): string
  link(link: PersonLink): void
  /** Persons who counted as themselves (with whoever counted as them) and now count as another. */
  moves(): ReadonlyMap<string, string>
}

/**
 * Who is the same person, while the links of a batch are added to what the database knows.
 * An anonymous id keeps its first user; two users become one by alias only.
 */
export function createPersonLinks(known: ReadonlyMap<string, string>): PersonLinks {
  const moved = new Map<string, string>()
  const of = (personId: string): string => {
    let root = known.get(personId) ?? personId
    for (let next = moved.get(root); next !== undefined; next = moved.get(root)) root = next
    return root
  }
  return {
    of,
    link({ from, to, by }) {
      const root = by === 'alias' ? of(from) : from
      const target = of(to)
      const isFree = of(from) === from
      if (root !== target && (by === 'alias' || isFree)) moved.set(root, target)
    },
    moves: () => new Map([...moved.keys()].map((from) => [from, of(from)])),
  }
}
