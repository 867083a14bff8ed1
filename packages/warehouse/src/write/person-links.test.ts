import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PersonLink } from '../facts/event-facts.ts'
import { createPersonLinks, type KnownPerson } from './person-links.ts'

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

/** An id under an earlier key and under the current one. */
const before = (id: string): string => `${id} before`
const now = (id: string): string => `${id} now`

/** Which keys the API that took an event had: during a restart they differ from event to event. */
type Keys = 'old' | 'both' | 'new'
type Sent = PersonLink & { readonly keys: Keys }

function asRecorded({ from, to, by, keys }: Sent) {
  const name = keys === 'old' ? before : now
  const ids = [from, to]
  return {
    people: keys === 'both' ? ids.flatMap((id) => [now(id), before(id)]) : ids.map(name),
    renames: keys === 'both' ? ids : [],
    link: { from: name(from), to: name(to), by },
  }
}

type People = ReadonlyMap<string, KnownPerson>

function newcomer(personId: string): KnownPerson {
  const [id = ''] = personId.split(' ')
  return { kind: users.includes(id) ? 'user' : 'anonymous', canonicalId: personId, sameAs: null }
}

/** What the database knows after a batch: whoever counted as one who moved is moved with them. */
function afterBatch(known: People, sent: readonly Sent[]): People {
  const recorded = sent.map(asRecorded)
  const people = new Map(known)
  for (const id of recorded.flatMap((event) => event.people))
    if (!people.has(id)) people.set(id, newcomer(id))
  const linked = createPersonLinks(people)
  for (const id of recorded.flatMap(({ renames }) => renames)) linked.rename(now(id), before(id))
  for (const one of recorded) linked.link(one.link)
  const [moves, renames] = [linked.moves(), linked.renames()]
  const after = new Map<string, KnownPerson>()
  for (const [id, { kind, canonicalId, sameAs }] of people) {
    const name = renames.get(sameAs ?? id) ?? sameAs
    after.set(id, { kind, canonicalId: moves.get(canonicalId) ?? canonicalId, sameAs: name })
    expect(linked.of(id)).toBe(after.get(id)?.canonicalId)
    expect(linked.nameOf(id)).toBe(name ?? id)
  }
  return after
}

function inBatches(sent: readonly Sent[], size: number): People {
  let known: People = new Map()
  for (let from = 0; from < sent.length; from += size)
    known = afterBatch(known, sent.slice(from, from + size))
  return known
}

const withKeys = (given: readonly PersonLink[], keysAt: (index: number) => Keys): Sent[] =>
  given.map((one, index) => ({ ...one, keys: keysAt(index) }))

/** With one key, all at once: by id, whom everyone counts as. */
function allTogether(given: readonly PersonLink[]): ReadonlyMap<string, string> {
  const known = inBatches(
    withKeys(given, () => 'old'),
    given.length + 1,
  )
  return new Map(everyone.map((id) => [id, idOf(known.get(before(id))?.canonicalId ?? before(id))]))
}

const idOf = (personId: string): string => personId.split(' ')[0] ?? ''

describe('links', () => {
  test('give the same people batch by batch as all at once', () => {
    fc.assert(
      fc.property(links, fc.integer({ min: 1, max: 5 }), (given, size) => {
        const known = inBatches(
          withKeys(given, () => 'old'),
          size,
        )
        const people = allTogether(given)
        for (const [id, { canonicalId }] of known) expect(idOf(canonicalId)).toBe(people.get(idOf(id)))
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

describe('a rotation of the key', () => {
  const oldOrBoth = fc.array(fc.constantFrom<Keys>('old', 'both'), { minLength: 25, maxLength: 25 })

  test('at any point gives the same people as one key, while some still send under the old one', () => {
    fc.assert(
      fc.property(links, oldOrBoth, fc.nat(25), fc.integer({ min: 1, max: 5 }), (given, keys, at, size) => {
        const known = inBatches(
          withKeys(given, (index) => (index < at ? 'old' : (keys[index] ?? 'both'))),
          size,
        )
        const people = allTogether(given)
        for (const [id, { canonicalId, sameAs }] of known) {
          expect(canonicalId).toBe(before(people.get(idOf(id)) ?? ''))
          expect(sameAs).toBe(id === now(idOf(id)) ? before(idOf(id)) : null)
        }
      }),
    )
  })

  test('leaves them the same when the old key is gone, once everyone was seen under both', () => {
    const newOrBoth = fc.array(fc.constantFrom<Keys>('new', 'both'), { minLength: 25, maxLength: 25 })
    const seen = everyone.flatMap((id): PersonLink[] =>
      users.includes(id) ? [{ from: id, to: id, by: 'alias' }] : [],
    )
    fc.assert(
      fc.property(links, newOrBoth, fc.nat(25), fc.integer({ min: 1, max: 5 }), (given, keys, at, size) => {
        const meeting = visitors.map((from): PersonLink => ({ from, to: 'ann', by: 'identify' }))
        const all = [...given.slice(0, at), ...seen, ...meeting, ...given.slice(at)]
        const gone = at + seen.length + meeting.length
        const known = inBatches(
          withKeys(all, (index) => (index < at ? 'old' : index < gone ? 'both' : (keys[index] ?? 'new'))),
          size,
        )
        const people = allTogether(all)
        for (const [id, { canonicalId }] of known)
          expect(canonicalId).toBe(before(people.get(idOf(id)) ?? ''))
      }),
    )
  })

  test('that was begun without the old key is mended as soon as it is added', () => {
    const any = fc.array(fc.constantFrom<Keys>('old', 'both', 'new'), { minLength: 25, maxLength: 25 })
    fc.assert(
      fc.property(links, any, fc.integer({ min: 1, max: 5 }), (given, keys, size) => {
        const identified = given.filter(({ by }) => by === 'identify')
        const met = users.map((user): Sent => ({ from: user, to: user, by: 'alias', keys: 'both' }))
        const known = inBatches([...withKeys(identified, (index) => keys[index] ?? 'new'), ...met], size)
        // A user is one, and no other; a visitor counts as a user whom it was seen with, or as itself.
        for (const user of users) {
          expect(known.get(now(user))?.canonicalId).toBe(before(user))
          expect(known.get(before(user))?.canonicalId).toBe(before(user))
        }
        for (const [id, { kind, canonicalId }] of known) {
          const seenWith = identified.filter(({ from }) => from === idOf(id)).map(({ to }) => to)
          if (kind === 'anonymous') expect(seenWith).toContain(idOf(canonicalId))
        }
      }),
    )
  })

  test('keeps a visitor with the first user, whichever key either was seen under', () => {
    const known = inBatches(
      [
        { from: 'v1', to: 'ann', by: 'identify', keys: 'old' },
        { from: 'v1', to: 'bob', by: 'identify', keys: 'both' },
        { from: 'v1', to: 'eve', by: 'identify', keys: 'new' },
      ],
      1,
    )
    expect(known.get(now('v1'))?.canonicalId).toBe(before('ann'))
    expect(known.get(now('bob'))?.canonicalId).toBe(before('bob'))
  })

  test('after a rotation keeps one name for an id, in whatever order the two become known', () => {
    const people = createPersonLinks(new Map([1, 2, 3].map((key) => [`id ${key}`, newcomer(`v1 ${key}`)])))
    people.rename('id 3', 'id 2')
    people.rename('id 2', 'id 1')
    expect(['id 1', 'id 2', 'id 3'].map(people.nameOf)).toEqual(Array(3).fill('id 1'))
    expect([...people.renames()]).toEqual([
      ['id 3', 'id 1'],
      ['id 2', 'id 1'],
    ])
  })
})
