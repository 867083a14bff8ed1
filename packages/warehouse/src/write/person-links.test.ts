import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PersonLink } from '../facts/event-facts.ts'
import { createPersonLinks } from './person-links.ts'

const users = ['ann', 'bob', 'eve', 'joe', 'kim']
const visitors = ['v1', 'v2', 'v3', 'v4']
const everyone = [...users, ...visitors]

const link: fc.Arbitrary<PersonLink> = fc.oneof(
  fc.record({
    from: fc.constantFrom(...visitors),
    to: fc.constantFrom(...users),
    by: fc.constant('identify' as const),
  }),
  fc.record({
    from: fc.constantFrom(...everyone),
    to: fc.constantFrom(...users),
    by: fc.constant('alias' as const),
  }),
)
const links = fc.array(link, { maxLength: 25 })

/** What the database would know afterwards: everyone who counted as one who moved is moved with them. */
function apply(known: ReadonlyMap<string, string>, moves: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    everyone.map((person) => {
      const root = known.get(person) ?? person
      return [person, moves.get(root) ?? root]
    }),
  )
}

function allTogether(given: readonly PersonLink[]): ReadonlyMap<string, string> {
  const canonical = createPersonLinks(new Map())
  for (const one of given) canonical.link(one)
  return apply(new Map(), canonical.moves())
}

describe('links', () => {
  test('give the same people batch by batch as all at once', () => {
    fc.assert(
      fc.property(links, fc.integer({ min: 1, max: 5 }), (given, size) => {
        let known = new Map<string, string>()
        for (let from = 0; from < given.length; from += size) {
          const canonical = createPersonLinks(known)
          for (const one of given.slice(from, from + size)) canonical.link(one)
          known = apply(known, canonical.moves())
        }
        for (const person of everyone) {
          expect(known.get(person) ?? person).toBe(allTogether(given).get(person))
        }
      }),
    )
  })

  test('leave everyone with somebody who counts as themselves', () => {
    fc.assert(
      fc.property(links, (given) => {
        const people = allTogether(given)
        for (const root of people.values()) expect(people.get(root)).toBe(root)
      }),
    )
  })

  test('never make two users one, but by alias', () => {
    fc.assert(
      fc.property(links, (given) => {
        const people = allTogether(given.filter(({ by }) => by === 'identify'))
        for (const user of users) expect(people.get(user)).toBe(user)
      }),
    )
  })

  test('keep an anonymous id with its first user', () => {
    const people = allTogether([
      { from: 'v1', to: 'ann', by: 'identify' },
      { from: 'v1', to: 'bob', by: 'identify' },
    ])
    expect(people.get('v1')).toBe('ann')
  })

  test('are followed by an alias of either of two users, also in a circle', () => {
    const people = allTogether([
      { from: 'v1', to: 'ann', by: 'identify' },
      { from: 'ann', to: 'bob', by: 'alias' },
      { from: 'bob', to: 'eve', by: 'alias' },
      { from: 'eve', to: 'ann', by: 'alias' },
    ])
    expect(['v1', 'ann', 'bob', 'eve'].map((person) => people.get(person))).toEqual(Array(4).fill('eve'))
  })
})
