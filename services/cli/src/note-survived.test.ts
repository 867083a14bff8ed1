import { expect, test } from 'vitest'
import { noteSurvived } from './note-survived.ts'

test('what was survived is told with its reason, where there is one', () => {
  const lines: string[] = []
  const survived = noteSurvived((line) => lines.push(line))
  survived('S3: get log.json is tried again', new Error('connect ECONNREFUSED'))
  survived('the position was moved by someone else', undefined)
  expect(lines).toEqual([
    'S3: get log.json is tried again: connect ECONNREFUSED',
    'the position was moved by someone else',
  ])
})
