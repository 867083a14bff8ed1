import { expect, test } from 'vitest'
import { parseApacheLine } from './parse-apache-line.ts'

const LINE =
  '198.18.0.7 - ann [17/May/2015:23:05:03 -0330] "GET /a?b=1 HTTP/1.1" 200 203023 "https://ref.example/" "Agent/1.0 (x)"'

test('a combined line is taken apart and its time is in UTC', () => {
  expect(parseApacheLine(LINE)).toEqual({
    address: '198.18.0.7',
    user: 'ann',
    time: '2015-05-18T02:35:03.000Z',
    method: 'GET',
    target: '/a?b=1',
    status: '200',
    bytes: '203023',
    referrer: 'https://ref.example/',
    userAgent: 'Agent/1.0 (x)',
    line: LINE,
  })
})

test('fields that are a dash are empty, and the common format has neither referrer nor agent', () => {
  const line = '::1 - - [01/Jan/2026:00:00:00 +0000] "HEAD / HTTP/1.1" 304 -'
  expect(parseApacheLine(line)).toMatchObject({
    user: '',
    bytes: '',
    referrer: '',
    userAgent: '',
    method: 'HEAD',
  })
})

test('quotes inside an agent and an agent that was cut off are read', () => {
  const quoted = LINE.replace('Agent/1.0 (x)', 'say \\"hi\\" \\\\o/')
  expect(parseApacheLine(quoted)?.userAgent).toBe('say "hi" \\o/')
  expect(parseApacheLine(LINE.slice(0, -1))?.userAgent).toBe('Agent/1.0 (x)')
})

test.each([
  ['another format', 'hello world'],
  ['no such month', LINE.replace('May', 'Mai')],
  ['no such day', LINE.replace('17/May', '32/May')],
  ['no status', LINE.replace(' 200 ', ' ok ')],
])('%s is no line of the log', (_name, line) => {
  expect(parseApacheLine(line)).toBeUndefined()
})

test('a hostile line is refused in no time', () => {
  const started = performance.now()
  expect(parseApacheLine(`${LINE.slice(0, 60)}${'\\"'.repeat(50_000)}`)).toBeUndefined()
  expect(performance.now() - started).toBeLessThan(500)
})
