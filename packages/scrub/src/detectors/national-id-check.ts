import { passesLuhn } from './card.ts'

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

/** United Kingdom, NHS. */
export function passesNhs(found: string): boolean {
  const digits = digitsOf(found)
  const check = 11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)
  return digits[9] === check % 11
}

/** Norway. */
export function passesNorwegian(found: string): boolean {
  const digits = digitsOf(found)
  return (
    weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
    weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  )
}

/** Chile. */
export function passesRut(found: string): boolean {
  const digits = digitsOf(found.slice(0, -2)).reverse()
  const check = (11 - (weighted(digits, [2, 3, 4, 5, 6, 7, 2, 3]) % 11)) % 11
  return '0123456789K'[check] === found.slice(-1).toUpperCase()
}

/** Argentina. */
export function passesCuit(found: string): boolean {
  return weighted(digitsOf(found), [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
}

/** China: the last sign may be X for 10. */
export function passesChinese(found: string): boolean {
  const sum = weighted(digitsOf(found.slice(0, 17)), [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
  return '10X98765432'[sum % 11] === found.slice(-1).toUpperCase()
}

/** Taiwan: the letter stands for the number of its region. */
export function passesTaiwanese(found: string): boolean {
  const region = 10 + 'ABCDEFGHJKLMNPQRSTUVXYWZIO'.indexOf(found[0] as string)
  const digits = [Math.floor(region / 10), region % 10, ...digitsOf(found.slice(1))]
  return weighted(digits, [1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]) % 10 === 0
}

/** Czechia and Slovakia: women's months are 50 higher, ids before 1954 have nine figures and no check. */
export function passesCzech(found: string): boolean {
  const digits = found.replace('/', '')
  const month = (Number(digits.slice(2, 4)) % 50) % 20
  const day = Number(digits.slice(4, 6))
  if (month < 1 || month > 12 || day < 1 || day > 31) return false
  return (
    digits.length === 9 ||
    Number(digits) % 11 === 0 ||
    (Number(digits.slice(0, 9)) % 11) % 10 === Number(digits[9])
  )
}

/** Belgium: those born from 2000 on count with a 2 before. */
export function passesBelgian(found: string): boolean {
  const digits = found.replace(/\D/g, '')
  const [body, check] = [digits.slice(0, 9), Number(digits.slice(9))]
  return check === 97 - (Number(body) % 97) || check === 97 - (Number(`2${body}`) % 97)
}

/** France: Corsica's 2A and 2B count as 19 and 18. */
export function passesNir(found: string): boolean {
  const compact = found.replaceAll(' ', '').replace('2A', '19').replace('2B', '18')
  const month = Number(compact.slice(3, 5))
  if (!/^\d{15}$/.test(compact) || month < 1 || (month > 12 && month < 20) || month > 99) return false
  return 97n - (BigInt(compact.slice(0, 13)) % 97n) === BigInt(compact.slice(13))
}

/** Germany, tax. */
export function passesSteuerId(found: string): boolean {
  const digits = digitsOf(found)
  const product = digits.slice(0, 10).reduce((rest, digit) => (((digit + rest) % 10 || 10) * 2) % 11, 10)
  return (11 - product) % 10 === digits[10]
}

/** Austria: the check stands fourth. */
export function passesSvnr(found: string): boolean {
  return weighted(digitsOf(found), [3, 7, 9, 10, 5, 8, 4, 2, 1, 6]) % 11 === 0
}

/** Russia. */
export function passesSnils(found: string): boolean {
  const digits = digitsOf(found)
  const sum = weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101
  return (sum === 100 ? 0 : sum) === (digits[9] as number) * 10 + (digits[10] as number)
}

/** Thailand. */
export function passesThai(found: string): boolean {
  const digits = digitsOf(found)
  return (11 - (weighted(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === digits[12]
}

/** Eleven or thirteen figures that hold a day of birth and fit: Poland, Estonia and Lithuania, Brazil, Romania, South Africa. */
export function passesDatedId(found: string): boolean {
  const digits = digitsOf(found)
  if (digits.length === 11) {
    const pesel = weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0
    const baltic = weighted(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11 === digits[10]
    return (
      (pesel && isDay(found.slice(2, 6), 20)) || (baltic && isDay(found.slice(3, 7), 100)) || passesCpf(found)
    )
  }
  const cnp = weighted(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
  if (digits.length !== 13) return false
  return (
    (isDay(found.slice(3, 7), 100) && (cnp === 10 ? 1 : cnp) === digits[12]) ||
    (isDay(found.slice(2, 6), 100) && /[01][89]\d$/.test(found) && passesLuhn(found))
  )
}

/** Month and day; later centuries may be told by higher months. */
function isDay(monthAndDay: string, months: number): boolean {
  const month = Number(monthAndDay.slice(0, 2)) % months
  const day = Number(monthAndDay.slice(2))
  return month >= 1 && month <= 12 && day >= 1 && day <= 31
}

/** Each digit times its weight; digits beyond the weights do not count. */
function weighted(digits: readonly number[], weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * (digits[i] ?? 0), 0)
}

function digitsOf(text: string): number[] {
  return text.replace(/\D/g, '').split('').map(Number)
}
