import { expect, test } from 'vitest'
import { type RetryDelay, retryDelayMs } from './retry-delay.ts'

const NOW = new Date('2026-11-21T12:00:00.000Z')

function delay(given: Partial<RetryDelay>): number {
  return retryDelayMs({ failures: 0, retryAfter: null, now: NOW, random: 1, ...given })
}

test('each failure in a row doubles the wait, up to 5 s', () => {
  expect([0, 1, 2, 4, 5, 60].map((failures) => delay({ failures }))).toEqual([
    250, 500, 1000, 4000, 5000, 5000,
  ])
})

test('senders that failed together come back apart, none before half the wait', () => {
  expect(delay({ failures: 3, random: 0 })).toBe(1000)
  expect(delay({ failures: 3, random: 0.5 })).toBe(1500)
})

test('the API decides by Retry-After, in seconds or as a date', () => {
  expect(delay({ retryAfter: '7', random: 0 })).toBe(7000)
  expect(delay({ retryAfter: 'Sat, 21 Nov 2026 12:00:30 GMT', random: 0 })).toBe(30_000)
  expect(delay({ retryAfter: '99999', random: 0 })).toBe(120_000)
})

test('a Retry-After that says nothing is passed over', () => {
  expect(delay({ retryAfter: 'soon' })).toBe(250)
  expect(delay({ retryAfter: 'Sat, 21 Nov 2026 11:00:00 GMT' })).toBe(250)
  expect(delay({ retryAfter: '0' })).toBe(250)
})
