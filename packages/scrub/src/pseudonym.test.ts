import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { createPseudonyms, keyFingerprint } from './pseudonym.ts'

function byNode(key: string | Uint8Array, message: string): string {
  return createHmac('sha256', key).update(message).digest('hex').slice(0, 32)
}

test.each([
  ['a short key', 'short'],
  ['a key longer than a block of SHA-256', 'k'.repeat(100)],
  ['a key of bytes', Uint8Array.from({ length: 32 }, (_, i) => 255 - i)],
])('is HMAC-SHA256 cut to a uuid, with %s', (_, key) => {
  const pseudonym = createPseudonyms(key)
  for (const id of ['user-1', '', 'ü'.repeat(30), 'x'.repeat(5_000), '😀'.repeat(400)]) {
    expect(pseudonym('u', id).replaceAll('-', '')).toBe(byNode(key, `u:${id}`))
    expect(pseudonym('a', id).replaceAll('-', '')).toBe(byNode(key, `a:${id}`))
  }
})

test('stays the same after more ids than are remembered', () => {
  const pseudonym = createPseudonyms('key')
  const first = pseudonym('u', 'first')
  for (let i = 0; i < 25_000; i++) pseudonym('a', `id-${i}`)
  expect(pseudonym('u', 'first')).toBe(first)
})

test('another key gives another person', () => {
  expect(createPseudonyms('one')('u', 'x')).not.toBe(createPseudonyms('two')('u', 'x'))
})

test('the fingerprint of a key is short, its own, and none of its pseudonyms', () => {
  expect(keyFingerprint('one')).toMatch(/^[\da-f]{8}$/)
  expect(keyFingerprint('one')).not.toBe(keyFingerprint('two'))
  expect(createPseudonyms('one')('i', 'fingerprint')).not.toContain(keyFingerprint('one'))
})
