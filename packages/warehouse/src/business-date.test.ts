import fc from 'fast-check'
import { DateTime } from 'luxon'
import { expect, test } from 'vitest'
import { createBusinessDate } from './business-date.ts'

const ZONES = [
  ...['UTC', 'Europe/Vienna', 'Europe/London', 'America/New_York', 'America/St_Johns', 'America/Sao_Paulo'],
  // Clocks that change at midnight, by half an hour, offsets of quarters, and a day that never was (Apia, 2011).
  ...[
    'Africa/Cairo',
    'Asia/Beirut',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Pacific/Chatham',
    'Pacific/Apia',
  ],
  ...[
    'Asia/Pyongyang',
    'America/Caracas',
    'Pacific/Kiritimati',
    'Asia/Tehran',
    'Africa/Monrovia',
    'Asia/Kolkata',
  ],
]
const FROM = Date.UTC(2000, 0, 1)
const UNTIL = Date.UTC(2036, 0, 1)

const dayByLuxon = (at: number, zone: string): string | null => DateTime.fromMillis(at, { zone }).toISODate()

test.each(ZONES)('a moment has the day that luxon says: %s', (zone) => {
  const businessDate = createBusinessDate(zone)
  fc.assert(
    fc.property(fc.integer({ min: FROM, max: UNTIL }), (at) => {
      expect(businessDate(at)).toBe(dayByLuxon(at, zone))
    }),
    { numRuns: 300 },
  )
})

test.each(ZONES)('the last millisecond of a day and the first of the next are told apart: %s', (zone) => {
  const businessDate = createBusinessDate(zone)
  for (let day = DateTime.fromMillis(FROM, { zone }); day.toMillis() < UNTIL; day = day.plus({ days: 13 })) {
    const midnight = day.startOf('day').toMillis()
    for (const at of [midnight - 1, midnight, midnight + 1])
      expect(businessDate(at)).toBe(dayByLuxon(at, zone))
  }
})

test.each(ZONES)('so are those around every change of the clocks: %s', (zone) => {
  const businessDate = createBusinessDate(zone)
  const hour = 3_600_000
  let offset = DateTime.fromMillis(FROM, { zone }).offset
  for (let at = FROM; at < UNTIL; at += 6 * hour) {
    const now = DateTime.fromMillis(at, { zone }).offset
    if (now === offset) continue
    offset = now
    for (let near = at - 30 * hour; near <= at + 30 * hour; near += hour / 4) {
      for (const moment of [near - 1, near]) expect(businessDate(moment)).toBe(dayByLuxon(moment, zone))
    }
  }
})

test('a zone that there is not is refused', () => {
  expect(() => createBusinessDate('Europe/Atlantis')).toThrow(RangeError)
})
