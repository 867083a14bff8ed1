import { expect, test } from 'vitest'
import { recordLine } from './record-line.ts'

const times = { receivedAt: '2026-11-21T12:00:00.000Z', timestamp: '2026-11-20T23:59:59.999Z' }

test('a JSON value stands in the line as it was, with its times beside it', () => {
  const value = JSON.stringify({ event: 'page_viewed', ...times })
  expect(recordLine({ offset: 12, key: 'a"b', value })).toEqual({
    line: `{"offset":12,"key":"a\\"b","event":${value}}\n`,
    ...times,
  })
})

test('headers stand in the line when there are any', () => {
  const { line } = recordLine({ offset: 0, key: 'k', value: '{}', headers: { traceparent: '00-1' } })
  expect(JSON.parse(line)).toEqual({ offset: 0, key: 'k', headers: { traceparent: '00-1' }, event: {} })
})

test.each(['{\n  "a": 1\r\n}', 'no json\nat all', '', '"text"', '7', 'null'])(
  'whatever the value is, the line is one line of JSON (%j)',
  (value) => {
    const { line } = recordLine({ offset: 1, key: 'k', value })
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(line).not.toContain('\r')
    expect(() => JSON.parse(line)).not.toThrow()
  },
)

test('a time that is none is not taken for one', () => {
  for (const receivedAt of [5, 'yesterday', '2026-99-99T00:00:00Z', '2026-11-21T12:00:00+02:00']) {
    expect(
      recordLine({ offset: 1, key: 'k', value: JSON.stringify({ receivedAt }) }).receivedAt,
    ).toBeUndefined()
  }
})

test('a record of a person who is to be forgotten is its offset alone, without times', () => {
  const person = '0b7e7a1c-0000-4000-8000-000000000001'
  const value = JSON.stringify({ userPerson: person, ...times })
  expect(recordLine({ offset: 7, key: person, value }, (uuid) => uuid === person)).toEqual({
    line: '{"offset":7,"erased":true}\n',
  })
})

test('a mention of such a person by another becomes a mark', () => {
  const person = '0b7e7a1c-0000-4000-8000-000000000001'
  const value = JSON.stringify({ properties: { to: person }, ...times })
  expect(recordLine({ offset: 7, key: 'k', value }, (uuid) => uuid === person)).toEqual({
    line: `{"offset":7,"key":"k","event":{"properties":{"to":"[erased]"},"receivedAt":"${times.receivedAt}","timestamp":"${times.timestamp}"}}\n`,
    ...times,
  })
})
