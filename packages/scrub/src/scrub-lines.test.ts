import { expect, test } from 'vitest'
import { createScrubber } from './create-scrubber.ts'
import { scrubLine } from './scrub-lines.ts'

const scrubber = createScrubber({ pseudonymKey: 'a key for tests' })

test('a text gives a text, an object an object, under the same id', () => {
  expect(scrubLine({ id: 'o1', text_or_event: 'mail jane@example.com' }, scrubber)).toEqual({
    id: 'o1',
    output: 'mail [email]',
  })
  expect(scrubLine({ id: 2, text_or_event: { message: 'mail jane@example.com', qty: 1 } }, scrubber)).toEqual(
    {
      id: 2,
      output: { message: 'mail [email]', qty: 1 },
    },
  )
})
