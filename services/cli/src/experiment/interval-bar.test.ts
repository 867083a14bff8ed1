import { expect, test } from 'vitest'
import { intervalBar } from './interval-bar.ts'

test.each([
  ['around nothing', -0.5, 0.1, 0.5, '······──────┼●─────······'],
  ['above', 0.25, 0.5, 1, '············|··───●──────'],
  ['below', -0.75, -0.5, -0.25, '···───●───··|············'],
  ['beyond the scale', -3, 0.5, 3, '<───────────┼─────●─────>'],
])('an interval %s', (_, low, estimate, high, picture) => {
  expect(intervalBar({ low, estimate, high }, 1)).toBe(picture)
})

test('without a scale everything is in the middle', () => {
  expect(intervalBar({ low: 0, estimate: 0, high: 0 }, 0)).toBe('············●············')
})
