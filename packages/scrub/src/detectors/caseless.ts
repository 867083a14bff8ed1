/** Latin with its marks, Greek, Cyrillic and what follows; letters of Asia. */
const LETTERS = 'A-Za-z\\u00aa\\u00b5\\u00ba\\u00c0-\\u1fff\\u2c00-\\u2dff\\u3040-\\ud7ff'

/**
 * A pattern that takes small and capital letters alike, its `\p{L}` written out: with the flags i and u together V8 takes
 * 13 times as long (5.1 against 0.4 µs for the words before an address).
 */
export function caseless(source: string, flags = ''): RegExp {
  let inClass = false
  const plain = source.replace(/\\p\{[LM]\}|\\.|[[\]]/g, (found) => {
    if (found === '[') inClass = true
    if (found === ']') inClass = false
    if (!found.startsWith('\\p')) return found
    return inClass ? LETTERS : `[${LETTERS}]`
  })
  return new RegExp(plain, `${flags}i`)
}
