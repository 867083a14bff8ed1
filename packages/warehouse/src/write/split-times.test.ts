import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS, splitTimes } from './split-times.ts'

const START = 1_700_000_000_000
const times = fc.array(
  fc
    .oneof(fc.integer({ min: 0, max: 6 * DAY_MS }), fc.constantFrom(0, DAY_MS - 1, DAY_MS, 2 * DAY_MS))
    .map((n) => START + n),
  { minLength: 1, maxLength: 50 },
)

describe('parts of a session', () => {
  test('hold every event once, none is longer than 24 hours, and the order of the times does not matter', () => {
    fc.assert(
      fc.property(times, (given) => {
        const parts = splitTimes(given)
        expect(splitTimes([...given].reverse())).toEqual(parts)
        expect(parts.reduce((sum, { events }) => sum + events, 0)).toBe(given.length)
        for (const { startedAt, endedAt } of parts) expect(endedAt - startedAt).toBeLessThan(DAY_MS)
      }),
    )
  })

  test('are cut by the time since the first event, and one without an event is left out', () => {
    fc.assert(
      fc.property(times, (given) => {
        const first = Math.min(...given)
        for (const { part, startedAt, endedAt, events } of splitTimes(given)) {
          const own = given.filter((at) => at >= first + part * DAY_MS && at < first + (part + 1) * DAY_MS)
          expect([startedAt, endedAt, events]).toEqual([Math.min(...own), Math.max(...own), own.length])
        }
      }),
    )
  })

  test('none for a session without events', () => {
    expect(splitTimes([])).toEqual([])
  })
})
