import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IDLE_MS, mergeVisits, type Visit } from './merge-visits.ts'

const touch = (at: number): Visit => ({ startedAt: at, endedAt: at, events: 1 })

/** Pauses of about half an hour, often exactly that. */
const times = fc
  .array(fc.oneof(fc.constantFrom(0, 1, IDLE_MS, IDLE_MS + 1), fc.integer({ min: 0, max: 2 * IDLE_MS })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((pauses) => {
    let at = 1_700_000_000_000
    return pauses.map((pause) => {
      at += pause
      return at
    })
  })

/** The rule as it is said: a visit ends where nothing happens for more than 30 minutes. */
function visitsOf(sorted: readonly number[]): Visit[] {
  const starts = sorted.filter((at, index) => index === 0 || at - (sorted[index - 1] ?? 0) > IDLE_MS)
  return starts.map((startedAt, index) => {
    const own = sorted.filter((at) => at >= startedAt && at < (starts[index + 1] ?? Number.POSITIVE_INFINITY))
    return { startedAt, endedAt: own.at(-1) ?? 0, events: own.length }
  })
}

describe('visits', () => {
  test('end where nothing happens for more than 30 minutes, whatever the order of arrival', () => {
    const shuffled = times.chain((sorted) =>
      fc.tuple(fc.constant(sorted), fc.shuffledSubarray(sorted, { minLength: sorted.length })),
    )
    fc.assert(
      fc.property(shuffled, ([sorted, arrived]) => {
        expect(mergeVisits(arrived.map(touch))).toEqual(visitsOf(sorted))
      }),
    )
  })

  test('are the same when they are joined batch by batch', () => {
    const dealt = times.chain((sorted) =>
      fc.tuple(
        fc.constant(sorted),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: sorted.length, maxLength: sorted.length }),
      ),
    )
    fc.assert(
      fc.property(dealt, ([sorted, batchOf]) => {
        let stored: Visit[] = []
        for (let batch = 0; batch <= 4; batch++) {
          const arrived = sorted.filter((_, index) => batchOf[index] === batch)
          stored = mergeVisits([...arrived.map(touch), ...stored])
        }
        expect(stored).toEqual(visitsOf(sorted))
      }),
    )
  })
})
