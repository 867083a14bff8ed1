import { expect, test } from 'vitest'
import { type Assignment, assignSticky, type GroupMember } from './assign-sticky.ts'

const TOPICS = new Map([
  ['events', [0, 1, 2, 3, 4, 5, 6]],
  ['quarantine', [0, 1]],
])
const ALL = [...TOPICS.keys()]

test.each([1, 2, 3, 4, 5, 8, 12])('%i members share all partitions, each topic evenly', (count) => {
  const shares = assign(members(count))
  for (const [topic, partitions] of TOPICS) {
    const all = [...shares.values()].map((share) => share[topic] ?? [])
    expect(all.flat().sort((a, b) => a - b)).toEqual(partitions)
    const sizes = all.map(({ length }) => length)
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
  }
  const totals = [...shares.values()].map(countOf)
  expect(Math.max(...totals) - Math.min(...totals)).toBeLessThanOrEqual(1)
})

test('nothing moves while nobody comes or goes', () => {
  for (const count of [1, 2, 3, 5, 9]) {
    const before = assign(members(count))
    expect(assign(members(count, before).reverse())).toEqual(before)
  }
})

test('who joins gets what others have too much, and nothing else moves', () => {
  const before = assign(members(2))
  const after = assign(members(3, before))
  expect(moved(before, after)).toBe(countOf(after.get('m2') ?? {}))
})

test('who has to give away keeps what it names first', () => {
  const [one, two] = members(2)
  const shares = assign([
    { ...one, owned: { events: [6, 5, 4, 3, 2, 1, 0] } } as GroupMember,
    two as GroupMember,
  ])
  expect(shares.get('m0')?.events).toEqual([3, 4, 5, 6])
})

test('what a member leaves is shared out, and nothing else moves', () => {
  const before = assign(members(3))
  const after = assign(members(3, before).filter(({ id }) => id !== 'm1'))
  expect(moved(before, after)).toBe(countOf(before.get('m1') ?? {}))
})

test('a topic goes only to those that read it', () => {
  const shares = assign([{ id: 'old', topics: ['events'], owned: {} }, ...members(1)])
  expect(shares.get('old')).not.toHaveProperty('quarantine')
  expect(shares.get('m0')?.quarantine).toEqual([0, 1])
})

test('a partition that two claim, or that there is not, has one owner or none', () => {
  const claims = { events: [0, 1, 2, 3, 77], elsewhere: [0] }
  const shares = assign(members(2).map((member) => ({ ...member, owned: claims })))
  expect([...shares.values()].flatMap(({ events }) => events).sort()).toEqual(TOPICS.get('events'))
  expect([...shares.values()].flatMap(({ elsewhere }) => elsewhere ?? [])).toEqual([])
})

const assign = (all: readonly GroupMember[]) => assignSticky(all, TOPICS)

function members(count: number, before: ReadonlyMap<string, Assignment> = new Map()): GroupMember[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `m${n}`,
    topics: ALL,
    owned: before.get(`m${n}`) ?? {},
  }))
}

const countOf = (share: Assignment): number => Object.values(share).flat().length

/** How many partitions are with somebody else than before. */
function moved(before: ReadonlyMap<string, Assignment>, after: ReadonlyMap<string, Assignment>): number {
  const owners = (shares: ReadonlyMap<string, Assignment>) =>
    new Map(
      [...shares].flatMap(([id, share]) =>
        Object.entries(share).flatMap(([topic, all]) => all.map((one) => [`${topic} ${one}`, id] as const)),
      ),
    )
  const then = owners(before)
  return [...owners(after)].filter(([partition, id]) => then.get(partition) !== id).length
}
