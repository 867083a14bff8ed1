import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPrivacyPolicy, unknownSources } from './read-privacy-policy.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'policy-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function fileOf(text: string): Promise<string> {
  const file = path.join(folder, 'policy.json')
  await writeFile(file, text)
  return file
}

test('without a file there are no rules but the default ones', async () => {
  expect(await readPrivacyPolicy(undefined)).toEqual({ rules: [] })
})

test('the rules of a file are read whole', async () => {
  const rule = { source: 'web', event: '*', field: 'context.page.title', do: 'mask' }
  expect(await readPrivacyPolicy(await fileOf(JSON.stringify({ rules: [rule] })))).toEqual({ rules: [rule] })
})

test.each([
  ['{ "rules": [', /PRIVACY_POLICY \(.*policy\.json\): expected JSON/],
  [
    '{ "rules": [{ "field": "context.page.titel", "do": "mask" }] }',
    /rule 1 .*did you mean context\.page\.title\?/,
  ],
  [
    '{ "rules": [{ "event": "custom:a", "field": "properties.userId", "do": "keep", "why": "x" }] }',
    /rule 1 \(custom:a properties\.userId\): ids and addresses are never kept/,
  ],
  [
    '{ "rules": [{ "event": "custom:a", "field": "properties.client_ip", "do": "keep", "why": "x" }] }',
    /ids and addresses are never kept/,
  ],
])('%s ends the start with what was expected', async (text, expected) => {
  await expect(readPrivacyPolicy(await fileOf(text))).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(expected),
  })
})

test('a file that is not there is named', async () => {
  await expect(readPrivacyPolicy(path.join(folder, 'none.json'))).rejects.toThrow(
    /PRIVACY_POLICY \(.*none\.json\): expected the path of a readable file/,
  )
})

test('a rule for a source that no write key has is told, with the nearest one', () => {
  const rule = { event: '*', field: 'context.page.title', do: 'mask' } as const
  const rules = [
    { ...rule, source: 'wbe' },
    { ...rule, source: 'web' },
    { ...rule, source: '*' },
  ]
  expect(unknownSources({ rules }, ['web', 'server'])).toEqual([
    expect.stringMatching(/rule 1 .* source wbe, .* nearest is web$/),
  ])
})
