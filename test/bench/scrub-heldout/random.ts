import { createSeededRandom, type SeededRandom } from '../../support/seeded-random.ts'

export interface Random extends SeededRandom {
  /** `#` a figure, `?` a capital letter, `x` a hexadecimal figure, `*` a letter or figure; anything else stands for itself, these behind `\`. */
  form(pattern: string): string
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const ALPHANUMERIC = `${LETTERS}${LETTERS.toLowerCase()}0123456789`

export function createRandom(seed: number): Random {
  const random = createSeededRandom(seed)

  function drawn(sign: string): string {
    if (sign.startsWith('\\')) return sign.slice(1)
    if (sign === '#') return String(random.whole(0, 9))
    if (sign === '?') return random.pick([...LETTERS])
    return sign === 'x' ? random.whole(0, 15).toString(16) : random.pick([...ALPHANUMERIC])
  }

  return { ...random, form: (pattern) => pattern.replace(/\\.|[#?x*]/g, drawn) }
}
