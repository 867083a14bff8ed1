import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shareOf } from './share-of.ts'

test('shares add up to all partitions and differ by one at most, whatever the topic and the members', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.integer({ min: 1, max: 100 }),
      fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 20 }),
      (topic, partitions, members) => {
        const shares = members.map((me) => shareOf({ topic, partitions, members, me }))
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(partitions)
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
      },
    ),
  )
})

test('who is no member gets nothing', () => {
  expect(shareOf({ topic: 't', partitions: 4, members: [1, 2], me: 3 })).toBe(0)
})
