/** Brazil. */
export function passesCpf(found: string): boolean {
  const digits = digitsOf(found)
  if (digits.length !== 11 || digits.every((digit) => digit === digits[0])) return false
  return [9, 10].every((count) => {
    const sum = digits.slice(0, count).reduce((total, digit, i) => total + digit * (count + 1 - i), 0)
    return ((sum * 10) % 11) % 10 === digits[count]
  })
}

/** Spain: NIF, and NIE that begins with X, Y or Z. */
export function passesNif(found: string): boolean {
  const compact = found.replaceAll('-', '')
  const number = compact.slice(0, -1).replace('X', '0').replace('Y', '1').replace('Z', '2')
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23] === compact.at(-1)
}

/** Finland. */
export function passesHetu(found: string): boolean {
  const number = Number(found.slice(0, 6) + found.slice(7, 10))
  return '0123456789ABCDEFHJKLMNPRSTUVWXY'[number % 31] === found.at(-1)
}

/** Singapore; M is the series of 2022. */
export function passesNric(found: string): boolean {
  const first = found[0] as string
  const weights = [2, 7, 6, 5, 4, 3, 2]
  const sum = digitsOf(found).reduce((total, digit, i) => total + digit * (weights[i] as number), 0)
  const offset = first === 'T' || first === 'G' ? 4 : first === 'M' ? 3 : 0
  const letters =
    first === 'S' || first === 'T' ? 'JZIHGFEDCBA' : first === 'M' ? 'KLJNPQRTUWX' : 'XWUTRQPNMLK'
  const at = (sum + offset) % 11
  return letters[first === 'M' ? 10 - at : at] === found.at(-1)
}

const MULTIPLY = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
  [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
  [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
  [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
  [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
  [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
  [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
  [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
  [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
] as const
const PERMUTE = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
  [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
  [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
  [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
  [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
  [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
  [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
] as const

/** India's Aadhaar. */
export function passesVerhoeff(found: string): boolean {
  const check = digitsOf(found)
    .reverse()
    .reduce((sum, digit, i) => MULTIPLY[sum]?.[PERMUTE[i % 8]?.[digit] ?? 0] ?? 0, 0)
  return check === 0
}

function digitsOf(text: string): number[] {
  return text.replace(/\D/g, '').split('').map(Number)
}
