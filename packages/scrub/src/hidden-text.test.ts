import { describe, expect, test } from 'vitest'
import { fastestCpuMs } from '../../../test/support/cpu-time.ts'
import { foldUnicode } from './fold-unicode.ts'
import { scrubText } from './scrub-text.ts'

const MAIL = 'jane.doe@planted-mail.example'
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const base64url = (text: string): string => Buffer.from(text).toString('base64url')
const hex = (text: string): string => Buffer.from(text).toString('hex')

/** The digits of a script that begin at this code. */
const inScript = (zero: number, text: string): string =>
  text.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)))

describe('what is written in another way is found', () => {
  test.each([
    ['a card in Bengali digits', inScript(0x9e6, '4111 1111 1111 1111'), '[card]'],
    ['a card in Thai digits', inScript(0xe50, '4111111111111111'), '[card]'],
    ['a card in mathematical digits', inScript(0x1d7ce, '4111111111111111'), '[card]'],
    ['a card in circled digits', inScript(0x245f, '4111111111111111'), '[card]'],
    ['an address in full width', 'ｊａｎｅ．ｄｏｅ＠ｐｌａｎｔｅｄ．ｅｘａｍｐｌｅ', '[email]'],
    ['an address with a small @', 'jane\ufe6bplanted.example', '[email]'],
    ['HTML', 'jane&#64;planted.example, jane&#x40;planted.example', '[email], [email]'],
    ['HTML in HTML', 'to jane&amp;commat;planted.example', 'to [email]'],
    ['HTML letter by letter', MAIL.replace(/./g, (char) => `&#${char.charCodeAt(0)};`), '[email]'],
    ['spaces of HTML', 'card 4111&nbsp;1111&nbsp;1111&nbsp;1111', 'card [card]'],
    ['escapes of a program', 'jane\\u0040planted.example jane\\x40planted.example', '[email] [email]'],
    ['a short address in base64', base64('john@doe.example'), '[email]'],
    ['base64 inside a path', `/invite/${base64url(MAIL)}/accept`, '/invite/[email]/accept'],
    ['base64 behind a dot', `v1.${base64url(`{"email":"${MAIL}"}`)}`, 'v1.[email]'],
    ['8,100 characters of base64', base64(`${'x'.repeat(6_050)} ${MAIL}`), '[email]'],
    ['hex', `id ${hex(MAIL)}`, 'id [email]'],
    ['hex in capitals, with its prefix', `0x${hex(MAIL).toUpperCase()}`, '[email]'],
  ])('%s', (_name, text, expected) => {
    expect(scrubText(text)).toBe(expected)
  })

  test.each([
    '\u200e',
    '\u200f',
    '\u202a',
    '\u2066',
    '\u034f',
    '\ufe0f',
    '\u180e',
    '\u3164',
    '\u2062',
    '\u061c',
    '\u{e0020}',
    '\u0001',
    '\u007f',
    '\u0085',
    '\ufffd',
    '&shy;',
    '&#8203;',
  ])('with %j in between', (sign) => {
    expect(scrubText(`card 4111 11${sign}11 1111 1111`)).toBe('card [card]')
    expect(scrubText(`jane${sign}@planted${sign}.example`)).toBe('[email]')
  })
})

describe('what only looks like it stays to the letter', () => {
  test.each([
    'Größe 42½, 3 m², „später“ – für 19,90 €…',
    'AT&T &amp; Söhne &copy; 2026, &#8364;5, R&D;',
    'C:\\users\\xaf\\u0041 at line 12',
    'https://x.example/?a=1&at=2&period=3',
    'internationalization of counterrevolutionaries',
    '/assets/index-BfWvOmgKXcYzQp12.js /static/3f2a9c1e8b7d6054a1b2c3d4e5f60718.css',
    `${'0a1b2c3d'.repeat(8)} 7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069`,
    `cursor ${base64('{"page":3,"sort":"price","size":25}')}`,
    '配送はいつですか。注文番号は一二三です',
  ])('%s', (text) => {
    expect(scrubText(text)).toBe(text)
  })
})

test('digits of every script have their value', () => {
  for (const zero of [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xbe6, 0xe50, 0x1946, 0x1a90, 0xff10, 0x1d7f6, 0x1fbf0,
  ])
    expect(foldUnicode(inScript(zero, '0123456789'))).toBe('0123456789')
})

test.each(['&#64;', '&amp;', '\\u0041', '\\', '&', '\u200e1', '𝟒', 'YWJj', 'YWJj/', '6a'])(
  '20 KB of %s take less than 30 ms',
  (unit) => {
    const text = unit.repeat(Math.ceil(20_480 / unit.length))
    expect(fastestCpuMs(() => scrubText(text))).toBeLessThan(30)
  },
)
