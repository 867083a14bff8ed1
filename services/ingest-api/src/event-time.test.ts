import { describe, expect, test } from 'vitest'
import { eventTime, type TimeClaim } from './event-time.ts'

const RECEIVED_AT = Date.parse('2026-11-21T12:00:00.000Z')
const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

function claim(given: Partial<TimeClaim> = {}): TimeClaim {
  return { receivedAtMs: RECEIVED_AT, maxEventAgeMs: 30 * DAY, historical: false, ...given }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

describe('the time of an event', () => {
  test('is its receipt when the client gave none', () => {
    expect(eventTime(claim({ skewMs: 3 * DAY }))).toEqual({
      kind: 'time',
      timestamp: iso(RECEIVED_AT),
      timeSource: 'received',
    })
  })

  test('is what the client said while its clock is at most 60 s off, either way', () => {
    const originalTimestamp = iso(RECEIVED_AT - 10 * SECOND)
    for (const skewMs of [undefined, 0, 60 * SECOND, -60 * SECOND]) {
      expect(eventTime(claim({ originalTimestamp, skewMs }))).toEqual({
        kind: 'time',
        timestamp: originalTimestamp,
        timeSource: 'original',
      })
    }
  })

  test('is corrected by the skew from the first millisecond beyond 60 s', () => {
    const originalTimestamp = iso(RECEIVED_AT - 10 * MINUTE)
    for (const skewMs of [60_001, -60_001]) {
      expect(eventTime(claim({ originalTimestamp, skewMs }))).toEqual({
        kind: 'time',
        timestamp: iso(RECEIVED_AT - 10 * MINUTE + skewMs),
        timeSource: 'corrected',
      })
    }
  })

  test('of a client whose clock is years off is right again', () => {
    const sentAt = Date.parse('1999-01-01T00:00:10.000Z')
    const originalTimestamp = '1999-01-01T00:00:00.000Z'
    expect(eventTime(claim({ originalTimestamp, skewMs: RECEIVED_AT - sentAt }))).toEqual({
      kind: 'time',
      timestamp: iso(RECEIVED_AT - 10 * SECOND),
      timeSource: 'corrected',
    })
  })

  test('may be 5 min ahead, and beyond that becomes its receipt', () => {
    const ahead = iso(RECEIVED_AT + 5 * MINUTE)
    expect(eventTime(claim({ originalTimestamp: ahead }))).toMatchObject({ timestamp: ahead })
    const tooFar = iso(RECEIVED_AT + 5 * MINUTE + 1)
    expect(eventTime(claim({ originalTimestamp: tooFar }))).toMatchObject({
      timestamp: iso(RECEIVED_AT),
      timeSource: 'received',
    })
  })

  test('may be as old as the oldest allowed, and not a millisecond older', () => {
    const oldest = iso(RECEIVED_AT - 30 * DAY)
    expect(eventTime(claim({ originalTimestamp: oldest }))).toMatchObject({ timestamp: oldest })
    const tooOld = iso(RECEIVED_AT - 30 * DAY - 1)
    expect(eventTime(claim({ originalTimestamp: tooOld }))).toMatchObject({
      kind: 'out_of_range',
      detail: expect.stringContaining('30 days'),
    })
  })

  test('may be of any age since 2000 for a historical key, and of none before', () => {
    const earliest = '2000-01-01T00:00:00.000Z'
    expect(eventTime(claim({ originalTimestamp: earliest, historical: true }))).toMatchObject({
      timestamp: earliest,
      timeSource: 'original',
    })
    const before = '1999-12-31T23:59:59.999Z'
    expect(eventTime(claim({ originalTimestamp: before, historical: true })).kind).toBe('out_of_range')
  })

  test('is judged by age after it is corrected, not before', () => {
    const originalTimestamp = iso(RECEIVED_AT - 40 * DAY)
    expect(eventTime(claim({ originalTimestamp, skewMs: 20 * DAY }))).toMatchObject({
      timeSource: 'corrected',
    })
    expect(eventTime(claim({ originalTimestamp: iso(RECEIVED_AT - DAY), skewMs: -40 * DAY })).kind).toBe(
      'out_of_range',
    )
  })

  test('beyond what a Date can hold is refused, not thrown', () => {
    const originalTimestamp = '0000-01-01T00:00:00.000Z'
    expect(eventTime(claim({ originalTimestamp, skewMs: -8e15, historical: true })).kind).toBe('out_of_range')
  })
})
