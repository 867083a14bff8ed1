import { createScrubber } from '@millrace/scrub/create-scrubber'
import { scrubLine } from '@millrace/scrub/scrub-lines'
import { expect, test } from 'vitest'
import { makeRecords } from './scrub-heldout/make-records.ts'
import { splits } from './scrub-heldout/splits.ts'
import { scoreRecords } from './scrub-score.ts'

/** Made records in words, languages, makers and countries of their own; `npm run bench:scrub` takes more of them. */
const PER_KIND = 40

test.each(Object.entries(splits))(
  'of made personal data (%s) .985 goes, of the rest at most .005',
  (_name, split) => {
    const scrubber = createScrubber({ pseudonymKey: 'a key for tests' })
    const records = makeRecords(split, PER_KIND)
    const outputs = new Map(records.map((record) => [record.id, scrubLine(record, scrubber).output]))
    const { recall, micro, macro, lost, damaged } = scoreRecords(records, outputs)
    expect(micro).toBeGreaterThanOrEqual(0.985)
    expect(macro).toBeGreaterThanOrEqual(0.96)
    for (const [kind, { found, of }] of Object.entries(recall))
      expect(found / of, kind).toBeGreaterThanOrEqual(0.9)
    expect(lost).toBeLessThanOrEqual(0.005)
    expect(damaged).toBeLessThanOrEqual(0.02)
  },
)

test('a record whose value is still there is told, in whatever way it stands there', () => {
  const record = (type: string, value: string, text: string) => ({
    id: type,
    kind: 'positive' as const,
    category: type,
    template: '',
    text_or_event: text,
    pii: [{ type, value }],
    must_keep: ['order 7'],
  })
  const records = [
    record('phone', '+43 664 123', 'ring 43664123, order 7'),
    record('email', 'jo@example.com', 'jo@[host], order 7'),
    record('person_name', 'Jane Doe', '[name] doe, order 7'),
    record('street_address', '5 Main Road', '5 main house, order 7'),
    record('api_key', `sk_live_${'0a1B'.repeat(8)}`, `sk_live_${'0a1B'.repeat(5)}, order 7`),
    record('iban', 'DE89 3704', 'nothing here'),
  ]
  const outputs = new Map(records.map(({ id, text_or_event }) => [id, text_or_event]))
  const { leaks, losses } = scoreRecords(records, outputs)
  expect(leaks.map(({ type }) => type)).toEqual([
    'phone',
    'email',
    'person_name',
    'street_address',
    'api_key',
  ])
  expect(losses.map(({ id }) => id)).toEqual(['iban'])
})
