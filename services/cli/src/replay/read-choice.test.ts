import { expect, test } from 'vitest'
import { day, hour, month, readChoice, wholeNumber } from './read-choice.ts'

test('a month is its days', () => {
  expect(readChoice({ month: '2011-11' })).toEqual({ days: { from: '2011-11-01', to: '2011-11-30' } })
  expect(readChoice({ month: '2012-02' })).toEqual({ days: { from: '2012-02-01', to: '2012-02-29' } })
})

test('days, hours and offsets are taken as they are given', () => {
  expect(readChoice({ from: '2011-11-01', to: '2011-11-01' })).toEqual({
    days: { from: '2011-11-01', to: '2011-11-01' },
  })
  expect(readChoice({ fromHour: '2026-11-21T09', toHour: '2026-11-21T12' })).toEqual({
    hours: { from: '2026-11-21T09', to: '2026-11-21T12' },
  })
  expect(readChoice({ topic: 'events.v1', partition: 3, fromOffset: 0, toOffset: 99 })).toEqual({
    ...{ partition: 3, offsets: { from: 0, to: 99 } },
  })
})

test.each([
  [{}, 'expected one of'],
  [{ month: '2011-11', from: '2011-11-01', to: '2011-11-02' }, 'expected only one of'],
  [{ from: '2011-11-01' }, '--from and --to'],
  [{ from: '2011-11-02', to: '2011-11-01' }, '--from 2011-11-02 comes after'],
  [{ toHour: '2026-11-21T09' }, '--from-hour and --to-hour'],
  [{ partition: 0, fromOffset: 3 }, '--from-offset and --to-offset'],
  [{ partition: 0, fromOffset: 3, toOffset: 2 }, '--from-offset 3 comes after 2'],
  [{ topic: 'quarantine.v1', partition: 0, fromOffset: 1, toOffset: 2 }, 'only events.v1'],
])('%o is refused', (flags, message) => {
  expect(() => readChoice(flags)).toThrow(message)
})

test.each([
  [day, '2011-02-30'],
  [day, '2011-2-3'],
  [month, '2011-13'],
  [hour, '2026-11-21T24'],
  [hour, '2026-11-21'],
  [wholeNumber, '-1'],
  [wholeNumber, ''],
])('%o refuses %s', (read, text) => {
  expect(() => read(text)).toThrow('Expected')
})
