import { mayTell, nextHash, TELLING_LETTERS } from './telling-words.ts'

/** What one pass over a string found; a detector looks only where its sign is. Bits, so that a short string costs nothing. */
export const AT = 1
export const PERCENT = 2
export const EQUALS = 4
export const COLON = 8
export const DOT = 16
/** Beyond ASCII: digits and separators may be written in other ways, words in other languages. */
export const UNICODE = 32
/** A run of 16 or more of A-Z a-z 0-9 _ -: the shortest token. */
export const LONG_RUN = 64
/** An address of four numbers, a date. */
export const FOUR_DIGITS = 256
/** The shortest phone number. */
export const SEVEN_DIGITS = 512
/** The shortest card number. */
export const TWELVE_DIGITS = 1024
/** A word that personal data may stand beside. */
export const TELLING_WORD = 2048
/** An opening bracket: `jo (at) example.com`. */
export const BRACKET = 4096

const RUN = 1
const DIGIT = 2
const LETTER = 4
const classOf = new Uint8Array(128)
const signOf = new Uint16Array(128)
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code)
  if (/[A-Za-z]/.test(char)) classOf[code] = RUN | LETTER
  if (/\d/.test(char)) classOf[code] = RUN | DIGIT
  if (/[_-]/.test(char)) classOf[code] = RUN
}
signOf[64] = AT
signOf[37] = PERCENT
signOf[61] = EQUALS
signOf[58] = COLON
signOf[46] = DOT
signOf[40] = BRACKET
signOf[91] = BRACKET
signOf[123] = BRACKET

const LONG = 16

/** One pass, about 2 ns a character. */
export function whatTextHolds(text: string): number {
  let signs = 0
  let digits = 0
  let run = 0
  let letters = 0
  let hash = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) {
      signs |= UNICODE
      run = 0
      letters = 0
      hash = 0
      continue
    }
    const kind = classOf[code] as number
    run = kind & RUN ? run + 1 : 0
    if (run === LONG) signs |= LONG_RUN
    if (kind & LETTER) {
      if (letters < TELLING_LETTERS) hash = nextHash(hash, code | 32)
      if (++letters === TELLING_LETTERS && mayTell(hash)) signs |= TELLING_WORD
      continue
    }
    if (letters > 0) {
      if (letters < TELLING_LETTERS && mayTell(hash)) signs |= TELLING_WORD
      letters = 0
      hash = 0
    }
    if (kind & DIGIT) digits++
    else signs |= signOf[code] as number
  }
  if (digits < 4) return signs
  signs |= FOUR_DIGITS
  if (digits >= 7) signs |= SEVEN_DIGITS
  return digits >= 12 ? signs | TWELVE_DIGITS : signs
}
