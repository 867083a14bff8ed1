import { readFile } from 'node:fs/promises'
import { FOUND_KINDS } from '@millrace/contracts/finding'
import { parsePolicy } from '@millrace/contracts/parse-policy'
import { defaultPolicy } from '@millrace/contracts/privacy-policy'
import { describe, expect, test } from 'vitest'
import { fillPart } from './fill-part.ts'
import { renderPrivacy } from './render-privacy.ts'

const guide = await readFile(new URL('../../../../docs/privacy.md', import.meta.url), 'utf8')

describe('docs/privacy.md', () => {
  test('shows what holds: its fields are those of the contracts and the default policy', () => {
    expect(guide).toContain(renderPrivacy({ rules: [] }))
    for (const { field } of defaultPolicy.rules) expect(guide).toContain(`| \`${field}\` |`)
  })

  test('shows a policy that can be used as it stands', () => {
    const [, example = ''] = /```json\n([\s\S]*?)```/.exec(guide) ?? []
    const parsed = parsePolicy(JSON.parse(example))
    expect(parsed).toMatchObject({ kind: 'policy' })
  })

  test('names every mark', () => {
    const marks = FOUND_KINDS.filter((kind) => !['user_id', 'anonymous_id', 'other'].includes(kind))
    for (const kind of marks) expect(guide).toContain(`\`[${kind}]\``)
  })
})

test('rules of a policy change the words of their field, for all sources or for theirs', () => {
  const rendered = renderPrivacy({
    rules: [
      { source: '*', event: 'feedback_submitted', field: 'properties.comment', do: 'drop' },
      { source: 'shop', event: '*', field: 'context.page.title', do: 'hash' },
      {
        source: '*',
        event: 'custom:quiz',
        field: 'properties.born',
        do: 'cut',
        to: 'year',
        why: 'Age | cohort.',
      },
    ],
  })
  expect(rendered).toContain('| `feedback_submitted` | `properties.comment` | dropped |')
  expect(rendered).toMatch(
    /`context\.page\.title` \| searched; .*; from the source shop: becomes a keyed hash/,
  )
  expect(rendered).toContain('| `custom:quiz` | `properties.born` | cut to its year: Age \\| cohort |')
})

describe('a part of a file', () => {
  const file = { path: 'docs/a.md', content: 'new', part: 'b' }

  test('is replaced, the rest of the file stays', () => {
    const current = 'before\n<!-- generated: b -->\n\nold\n\n<!-- end of generated: b -->\nafter'
    const filled = fillPart(file, current)
    expect(filled).toBe('before\n<!-- generated: b -->\n\nnew\n\n<!-- end of generated: b -->\nafter')
    expect(fillPart(file, filled)).toBe(filled)
  })

  test.each([undefined, 'nothing', '<!-- end of generated: b --><!-- generated: b -->'])(
    'of %j is asked for by name',
    (current) => {
      expect(() => fillPart(file, current)).toThrow('docs/a.md must hold the lines <!-- generated: b -->')
    },
  )
})
