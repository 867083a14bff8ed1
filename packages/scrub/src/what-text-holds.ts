/** What one pass over a string found; a detector looks only where its sign is. Bits, so that a short string costs nothing. */
export const AT = 1
export const PERCENT = 2
export const EQUALS = 4
export const COLON = 8
export const SPACE = 16
/** At least four digits: an address of four numbers, a date. */
export const FOUR_DIGITS = 32
/** At least seven: the shortest phone number. */
export const SEVEN_DIGITS = 64
/** At least twelve: the shortest card number. */
export const TWELVE_DIGITS = 128
/** A run of 16 or more of A-Z a-z 0-9 _ -: the shortest token. */
export const LONG_RUN = 256
/** Beyond ASCII: digits and separators may be written in other ways. */
export const UNICODE = 512
export const DOT = 1024
export const PLUS = 2048

const RUN = 1
const DIGIT = 2
const classOf = new Uint8Array(128)
const signOf = new Uint16Array(128)
for (let code = 0; code < 128; code++) {
  if (/[A-Za-z0-9_-]/.test(String.fromCharCode(code))) classOf[code] = RUN
  if (code >= 48 && code <= 57) classOf[code] = RUN | DIGIT
}
signOf[64] = AT
signOf[37] = PERCENT
signOf[61] = EQUALS
signOf[58] = COLON
signOf[32] = SPACE
signOf[10] = SPACE
signOf[9] = SPACE
signOf[46] = DOT
signOf[43] = PLUS

/** One pass, about 1 ns a character. */
export function whatTextHolds(text: string): number {
  let signs = 0
  let digits = 0
  let run = 0
  let longestRun = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) {
      signs |= UNICODE
      run = 0
      continue
    }
    const kind = classOf[code] as number
    if (kind === 0) {
      signs |= signOf[code] as number
      run = 0
      continue
    }
    if (kind & DIGIT) digits++
    if (++run > longestRun) longestRun = run
  }
  if (longestRun >= 16) signs |= LONG_RUN
  if (digits < 4) return signs
  signs |= FOUR_DIGITS
  if (digits >= 7) signs |= SEVEN_DIGITS
  return digits >= 12 ? signs | TWELVE_DIGITS : signs
}
