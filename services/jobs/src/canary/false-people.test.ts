import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canaryEvent, refusedCanaryEvent } from './canary-events.ts'
import { createFalsePeople } from './false-people.ts'

const seeds = fc.string({ minLength: 1 })
const rounds = fc.integer({ min: 1, max: 2_000_000_000 })

test('what a person is made of is the same whenever it is asked for, and another seed has another', () => {
  fc.assert(
    fc.property(seeds, rounds, (seed, round) => {
      const values = createFalsePeople(seed).valuesOf(round)
      expect(createFalsePeople(seed).valuesOf(round)).toEqual(values)
      const others = createFalsePeople(`${seed}x`).valuesOf(round)
      const same = values.filter(({ value }, index) => value === others[index]?.value)
      expect(same.length).toBeLessThan(3)
    }),
  )
})

test('each piece is found alone, in a sentence, encoded, in base64 and in JSON, whatever stands before it', () => {
  fc.assert(
    fc.property(seeds, rounds, fc.string({ unit: 'binary', maxLength: 20 }), (seed, round, before) => {
      const people = createFalsePeople(seed)
      for (const { kind, value, said } of people.valuesOf(round)) {
        const forms = [
          value,
          said,
          encodeURIComponent(value),
          encodeURIComponent(encodeURIComponent(value)),
          Buffer.from(before + said).toString('base64'),
          JSON.stringify({ before, text: said }),
        ]
        for (const form of forms) expect(people.findIn(form), form).toContain(kind)
      }
    }),
  )
})

test('nothing of it is found where it was replaced, nor in what others write', () => {
  fc.assert(
    fc.property(seeds, fc.string({ unit: 'binary' }), (seed, text) => {
      const people = createFalsePeople(seed)
      expect(people.findIn(text)).toEqual([])
      expect(
        people.findIn('[email] [phone] 2026-11-21T12:00:00Z 203.0.113.0 4000 0000 jane@example.org'),
      ).toEqual([])
    }),
  )
})

test('every piece stands in some event, and all of them in the refused one', () => {
  const people = createFalsePeople('seed')
  const kinds = [...new Set(people.valuesOf(1).map(({ kind }) => kind))].sort()
  const values = people.valuesOf(7)
  const sent = Array.from({ length: 6 }, (_, round) => canaryEvent(values, round))
  expect([...people.findIn(JSON.stringify(sent))].sort()).toEqual(kinds)
  expect([...people.findIn(JSON.stringify(refusedCanaryEvent(values)))].sort()).toEqual(kinds)
})
