import { describe, expect, test } from 'vitest'
import { parsePolicy } from './parse-policy.ts'
import { declaredEvents, policyFields } from './policy-fields.ts'
import { defaultPolicy } from './privacy-policy.ts'

function problemsOf(...rules: readonly unknown[]): readonly string[] {
  const parsed = parsePolicy({ rules })
  return parsed.kind === 'invalid' ? parsed.problems : []
}

const COMMENT = { event: 'feedback_submitted', field: 'properties.comment' }

test('the default policy holds by its own rules', () => {
  expect(parsePolicy(defaultPolicy)).toMatchObject({ kind: 'policy' })
})

test('a rule is for every source and event unless it says otherwise', () => {
  expect(parsePolicy({ rules: [{ field: 'context.page.title', do: 'mask' }] })).toEqual({
    kind: 'policy',
    policy: { rules: [{ source: '*', event: '*', field: 'context.page.title', do: 'mask' }] },
  })
})

test.each([
  [{ ...COMMENT, do: 'mask' }],
  [{ ...COMMENT, do: 'hash', source: 'web' }],
  [{ ...COMMENT, do: 'drop' }],
  [{ ...COMMENT, do: 'keep', why: 'only the words of a menu' }],
  [{ event: 'order_completed', field: 'properties.lines.*.name', do: 'mask' }],
  [{ event: 'identify', field: 'traits.plan', do: 'hash' }],
  [{ field: 'context.ip', do: 'drop' }],
  [{ field: 'context.page.referrer', do: 'cut', to: 'origin' }],
  [{ field: 'sessionId', do: 'drop' }],
  [{ event: 'custom:quiz_finished', field: 'properties.answers.*.born', do: 'cut', to: 'year' }],
  [{ event: 'custom:*', field: 'properties.email', do: 'hash' }],
  [{ event: 'custom:quiz_finished', field: 'context.page.title', do: 'mask' }],
])('%j holds', (rule) => {
  expect(problemsOf(rule)).toEqual([])
})

describe('a rule that cannot hold is told by its number, its names and what was expected', () => {
  test.each([
    [
      { ...COMMENT, field: 'properties.coment', do: 'mask' },
      /^rule 1 \(feedback_submitted properties\.coment\): .*did you mean properties\.comment\?/,
    ],
    [
      { field: 'properties.sku_', do: 'hash' },
      /no contract declares a text properties\.sku_; did you mean properties\.sku\?/,
    ],
    [
      { event: 'order_complete', field: 'properties.coupon', do: 'mask' },
      /no event order_complete; did you mean order_completed\? A custom event is written custom:order_complete/,
    ],
    [{ event: 'Order Completed', field: 'properties.coupon', do: 'mask' }, /did you mean order_completed\?/],
    [
      { event: 'search_performed', field: 'properties.results', do: 'drop' },
      /declare a text properties\.results/,
    ],
    [{ event: 'search_performed', field: 'properties.query', do: 'drop' }, /properties\.query is required/],
    [{ event: 'user_signed_up', field: 'properties.channel', do: 'drop' }, /properties\.channel is required/],
    [{ field: 'userId', do: 'drop' }, /no rule may change userId \(becomes a keyed pseudonym/],
    [{ field: 'context.userAgent', do: 'keep', why: 'x' }, /no rule may change context\.userAgent/],
    [{ field: 'context.ip', do: 'keep', why: 'x' }, /context\.ip expects drop, or cut to network/],
    [{ field: 'context.ip', do: 'hash' }, /context\.ip expects drop, or cut to network/],
    [{ field: 'messageId', do: 'keep', why: 'x' }, /messageId is an id: expected hash/],
    [{ event: 'order_refunded', field: 'properties.orderId', do: 'mask' }, /is an id: expected hash or drop/],
    [{ field: 'context.locale', do: 'mask' }, /one of a few codes: expected drop/],
    [{ ...COMMENT, do: 'keep' }, /why: missing, keep expects the reason/],
    [{ ...COMMENT, do: 'cut' }, /to: missing, cut expects one of network, year, area, path, origin/],
    [{ ...COMMENT, do: 'mask', to: 'year' }, /to: expected only with cut/],
    [{ ...COMMENT, do: 'encrypt' }, /do: expected one of drop, mask, hash, cut, keep/],
    [{ ...COMMENT, do: 'cut', to: 'month' }, /to: expected one of network/],
    [{ ...COMMENT, do: 'mask', when: 'always' }, /^rule 1: unknown when/],
    [{ do: 'mask' }, /field: expected a name/],
    [
      { event: 'custom:*', field: 'properties.pan', do: 'keep', why: 'x' },
      /keep expects one event by its name/,
    ],
    [{ event: 'custom:quiz', field: 'note', do: 'mask' }, /expected a field of a custom event/],
  ])('%j', (rule, expected) => {
    expect(problemsOf(rule)).toEqual([expect.stringMatching(expected)])
  })

  test('also when two speak of the same field, and all at once', () => {
    const problems = problemsOf(
      { ...COMMENT, do: 'mask' },
      { ...COMMENT, do: 'hash' },
      { field: 'x', do: 'mask' },
    )
    expect(problems).toEqual([
      expect.stringMatching(/^rule 3 /),
      expect.stringMatching(/^rule 2 .*an earlier rule/),
    ])
  })

  test.each([null, [], {}, { rules: {} }, { rules: [], version: 1 }, 'rules'])('and so is %j', (policy) => {
    expect(parsePolicy(policy)).toMatchObject({ kind: 'invalid' })
  })
})

test('every event has its own fields and those that all share, each once', () => {
  for (const event of declaredEvents()) {
    const fields = policyFields(event)?.map(({ field }) => field) ?? []
    expect(new Set(fields).size).toBe(fields.length)
    expect(fields).toEqual(expect.arrayContaining(['messageId', 'context.ip']))
  }
})
