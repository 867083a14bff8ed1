/** Nothing to fold is among Latin, Greek, Cyrillic and Hebrew letters: asked first, since most texts beyond ASCII have no more. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what hides others
const FOLDABLE = /[\0-\x08\x0e-\x1f\x7f-\xa0\xad\xb2\xb3\xb9\u0600-\uffff]|\u034f/
/** ASCII is passed over at once. */
const BEYOND_ASCII = /[^\t-\r -~]+/g
/** What NFKC leaves, spaces are plain by then: joiners, marks of direction, controls; hyphens; digits. */
const LEFT = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\ufffd\u2010-\u2015\u2212\u3002\p{Nd}]/gu
const HYPHEN = /[\u2010-\u2015\u2212]/
const DIGIT = /\p{Nd}/u

/**
 * Digits of every script, full-width and mathematical letters, spaces and hyphens in their ASCII form, invisible characters
 * removed: `１２３` and `12\u200b3` are looked at as `123`.
 */
export function foldUnicode(text: string): string {
  if (!FOLDABLE.test(text)) return text
  return text.normalize('NFKC').replace(BEYOND_ASCII, (run) => run.replace(LEFT, asAscii))
}

function asAscii(char: string): string {
  if (DIGIT.test(char)) return digitOf(char.codePointAt(0) as number)
  if (HYPHEN.test(char)) return '-'
  return char === '\u3002' ? '.' : ''
}

/** The ten digits of a script begin at a code that ends in 0 or in 6. */
function digitOf(code: number): string {
  const row = code - (code % 16)
  const zero = DIGIT.test(String.fromCodePoint(row)) ? row : row + 6
  return String((code - zero) % 10)
}
