import { losesValue } from '../mask-by-key.ts'
import { kindOfKey } from '../personal-keys.ts'
import type { KeyKind } from '../personal-kind.ts'
import { NAME, NOBODY } from './name-words.ts'
import { addressAt } from './street-address.ts'

/** Up to four words and a colon: `Recipient name: …`, `Lieferadresse: …`, `Fecha de nacimiento: …`. */
const LABEL = /(?<![\p{L}\p{N}_])((?:\p{L}[\p{L}'’.]{0,24}[ -]){0,3}\p{L}[\p{L}\p{M}]{1,30})\.?(?: ?:| =) ?/gu
/** What follows such a label; with fewer figures or signs it is a remark: `email: required`. */
const VALUE: Readonly<Partial<Record<KeyKind, RegExp>>> = {
  email: /[^\s,;|<>"'()]{1,64}@[^\s,;|<>"'()]{1,100}[^\s,;|<>"'().]/y,
  phone: /[+(]{0,2}\d(?:[ ()./-]{0,3}\d){3,17}/y,
  card: /\d(?:[ -]?\d){11,18}/y,
  iban: /(?=[A-Z\d -]{0,40}\d)[A-Z\d]{4,}(?: ?[A-Z\d]{1,6}){1,10}(?![a-z])/y,
  ip: /(?=[\da-f:.]{0,40}[:.])[\da-f:.]{4,45}[\da-f:]/iy,
  token: /(?=[^\s,;"'&]{0,200}\d)[^\s,;"'&]{12,400}/y,
  password: /(?=[^\s]{0,60}[\d!$%&*+?#^~_@])[^\s"'”,;&]{3,128}/y,
  name: new RegExp(`${NAME}(?![\\p{L}\\d_])`, 'uy'),
  birth_date: /\d{1,4}[./ -] ?(?:\d{1,2}|\p{L}{3,12}\.?)[./ -] ?\d{2,4}(?!\d)|\p{L}{3,12} \d{1,2},? \d{4}/uy,
  national_id: /(?=(?:[A-Z \d./-]{0,12}\d){4})[A-Z\d](?:[ ./-]{0,1}[A-Z\d]){4,24}/iy,
}

/**
 * Replaces what stands after a colon where the words before it would name a field for personal data: the same words as
 * for fields, with the value in the form that such data has.
 */
export function maskLabelled(text: string): string {
  let masked = ''
  let done = 0
  for (const { 0: label, 1: words = '', index } of text.matchAll(LABEL)) {
    const start = index + label.length
    if (start < done) continue
    const kind = kindOfKey(words)
    const end = kind === undefined ? start : valueEnd(text, start, kind)
    if (kind === undefined || end === start) continue
    masked += `${text.slice(done, start)}[${kind}]`
    done = end
  }
  return done === 0 ? text : masked + text.slice(done)
}

function valueEnd(text: string, start: number, kind: KeyKind): number {
  if (kind === 'address') return start + addressAt(text, start, true).length
  const pattern = VALUE[kind]
  if (pattern === undefined || text[start] === '[') return start
  pattern.lastIndex = start
  const value = pattern.exec(text)?.[0] ?? ''
  if (kind === 'name' && NOBODY.test(value)) return start
  return value !== '' && kind !== 'user_id' && kind !== 'anonymous_id' && losesValue(kind, value)
    ? start + value.length
    : start
}
