import { createHmac } from 'node:crypto'

/** Signs that look drawn by lot, and are the same for a seed and a name. */
export interface Draw {
  digits(name: string, count: number): string
  /** Small letters and figures. */
  letters(name: string, count: number): string
  /** Eight small letters that can be spoken, as `zorivuka`. */
  word(name: string): string
}

const LETTERS = 'abcdefghijkmnopqrstuvwxyz23456789'
const CONSONANTS = 'bdfgkmnprstvz'
const VOWELS = 'aiou'

export function createDraw(seed: string): Draw {
  const from = (name: string, alphabets: readonly string[]): string => {
    const bytes = createHmac('sha512', seed).update(name).digest()
    return alphabets.map((alphabet, index) => alphabet[(bytes[index] ?? 0) % alphabet.length]).join('')
  }
  const repeated = (alphabet: string, count: number): string[] =>
    Array.from({ length: count }, () => alphabet)
  return {
    digits: (name, count) => from(name, repeated('0123456789', count)),
    letters: (name, count) => from(name, repeated(LETTERS, count)),
    word: (name) =>
      from(
        name,
        repeated('', 4).flatMap(() => [CONSONANTS, VOWELS]),
      ),
  }
}
