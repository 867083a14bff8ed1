import {
  FEWEST_LETTERS,
  MOST_LETTERS,
  maySayStreet,
  nextHash,
  nextPacked,
  STREET_WORD,
  tellsOf,
} from './telling-words.ts'

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
/** An IBAN, most national ids; letters may stand between. */
export const SEVEN_DIGITS = 512
/** Seven with nothing but separators between: the shortest phone number. */
export const SEVEN_IN_A_ROW = 1024
/** The shortest card number. */
export const TWELVE_IN_A_ROW = 1 << 21
/** An address, a day. */
export const ONE_DIGIT = 128
/** An opening bracket: `jo (at) example.com`. */
export const BRACKET = 4096

/** A capital letter of ASCII, as most national ids have it. */
export const CAPITAL = 1 << 19

/** What an escape begins with, as `&#64;` and `\u0040`, or a control character that no text has. */
export const ESCAPE = 1 << 22

const RUN = 1
const DIGIT = 2
const LETTER = 4
/** May stand inside a number. */
const SEPARATOR = 8
const classOf = new Uint8Array(128)
const signOf = new Int32Array(128)
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code)
  if (/[A-Za-z]/.test(char)) classOf[code] = RUN | LETTER
  if (/\d/.test(char)) classOf[code] = RUN | DIGIT
  if (/[_-]/.test(char)) classOf[code] = RUN
  if (/[ ()./+-]/.test(char)) classOf[code] = (classOf[code] as number) | SEPARATOR
}
for (let code = 65; code <= 90; code++) signOf[code] = CAPITAL
signOf[64] = AT
signOf[37] = PERCENT
signOf[61] = EQUALS
signOf[58] = COLON
signOf[46] = DOT
signOf[40] = BRACKET
signOf[91] = BRACKET
signOf[123] = BRACKET
signOf[38] = ESCAPE
signOf[92] = ESCAPE
for (let code = 0; code < 128; code++)
  if (/(?!\s)\p{Cc}/u.test(String.fromCharCode(code))) signOf[code] = ESCAPE

const LONG = 16

/** One pass, about 3 ns a character. Beside the signs above, those of telling-words.ts. */
export function whatTextHolds(text: string): number {
  let signs = 0
  let digits = 0
  let row = 0
  let longest = 0
  let run = 0
  let letters = 0
  let hash = 0
  let end = 0
  // A word that figures stand at is no word but part of an id.
  let glued = false
  let before = 0
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i)
    let kind = 0
    if (code < 128) kind = classOf[code] as number
    else {
      signs |= UNICODE
      if (isLetter(code)) kind = LETTER
    }
    run = kind & RUN ? run + 1 : 0
    if (run === LONG) signs |= LONG_RUN
    if (kind & LETTER) {
      row = 0
      if (code < 128) signs |= signOf[code] as number
      if (code < 256) code |= 32
      end = nextPacked(end, code)
      if (letters === 0) glued = (before & DIGIT) !== 0
      if (letters < MOST_LETTERS) hash = nextHash(hash, code)
      if (++letters >= FEWEST_LETTERS && letters <= MOST_LETTERS && !glued) signs |= tellsOf(hash)
      before = kind
      continue
    }
    if (letters > 0) {
      if (letters >= FEWEST_LETTERS) {
        if (maySayStreet(end)) signs |= STREET_WORD
      } else if (!glued && (kind & DIGIT) === 0) signs |= tellsOf(hash)
      letters = 0
      hash = 0
    }
    before = kind
    if (kind & DIGIT) {
      digits++
      if (++row > longest) longest = row
    } else if (code < 128) {
      signs |= signOf[code] as number
      if ((kind & SEPARATOR) === 0) row = 0
    }
  }
  if (letters > 0 && letters < FEWEST_LETTERS && !glued) signs |= tellsOf(hash)
  return signs | digitSigns(digits, longest)
}

/** Beyond ASCII: letters of Latin with marks and of other scripts; not the signs between them. */
function isLetter(code: number): boolean {
  return (
    code >= 0xc0 && code !== 0xd7 && code !== 0xf7 && (code < 0x2000 || (code >= 0x2c00 && code < 0xff00))
  )
}

function digitSigns(digits: number, longest: number): number {
  if (digits === 0) return 0
  if (digits < 4) return ONE_DIGIT
  let signs = ONE_DIGIT | FOUR_DIGITS
  if (digits >= 7) signs |= SEVEN_DIGITS
  if (longest >= 7) signs |= SEVEN_IN_A_ROW
  return longest < 12 ? signs : signs | TWELVE_IN_A_ROW
}
