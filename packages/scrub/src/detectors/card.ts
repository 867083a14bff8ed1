/** Groups as people write them: 4 4 4 4, 4 6 5, or none. */
const CANDIDATE = /(?<![\p{L}\d_]|\d[.,-])\d(?:[ -]?\d){11,18}(?![\p{L}\d_]|[.,]\d|-\d)/gu
const AS_PRINTED = /^(?:\d+|(?:\d{4}[ -]){2,4}\d{1,4}|\d{4}[ -]\d{6}[ -]\d{4,5})$/
const SAYS_CARD = /card|karte|tarjeta|carte|carta|visa|amex|maestro|\bpan\b|\bcc\b/i

const SECURITY_CODE = /\b((?:cvv|cvc)2?|(?:card )?security code)((?: is)?[ :=]{1,3})\d{3,4}(?!\d)/gi

/** Replaces the code on a card's back, after its name, by `[card]`. */
export function maskSecurityCodes(text: string): string {
  return text.replace(SECURITY_CODE, '$1$2[card]')
}

/** Replaces payment card numbers by `[card]`: issuer prefix, its lengths, and the check digit must fit. */
export function maskCards(text: string): string {
  return text.replace(CANDIDATE, (found, index: number) => {
    const before = text.slice(Math.max(0, index - 24), index)
    // What follows may have been taken along: `4111111111111111 12/27`.
    for (let end = found.length; end >= 12; end = found.lastIndexOf(' ', end - 1))
      if (isCard(found.slice(0, end), before)) return `[card]${found.slice(end)}`
    return found
  })
}

function isCard(found: string, before: string): boolean {
  const digits = found.replace(/[ -]/g, '')
  if (!passesLuhn(digits)) return false
  if (SAYS_CARD.test(before)) return true
  // Maestro of 12 or 13 digits is hardly given out; order numbers of that length are common.
  if (!AS_PRINTED.test(found) || (digits.length < 14 && !digits.startsWith('4'))) return false
  // An old Visa of 13 digits and an article number (EAN) look the same one time in ten.
  return issuerTakes(digits) && (digits.length !== 13 || !passesEan(digits))
}

/** Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, Maestro, Mir, RuPay, UATP and Verve. */
function issuerTakes(digits: string): boolean {
  const length = digits.length
  const four = Number(digits.slice(0, 4))
  const two = Math.floor(four / 100)
  if (two >= 40 && two <= 49) return length === 13 || length === 16 || length === 19
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length === 16
  if (two === 34 || two === 37) return length === 15
  if (four === 1800 || four === 2131) return length === 15
  if ((four >= 3000 && four <= 3059) || four === 3095 || two === 36 || two === 38 || two === 39)
    return length >= 14 && length <= 19
  if (two === 35) return length >= 16
  if (four >= 2200 && four <= 2204) return length >= 16
  if (four === 6011 || two === 62 || two === 64 || two === 65 || two === 60) return length >= 16
  if (two === 50 || (two >= 56 && two <= 58) || two === 63 || two === 67) return length >= 12
  if (two === 81 || two === 82) return length === 16
  return false
}

/** Digits with or without separators. */
export function passesLuhn(number: string): boolean {
  const digits = number.replace(/\D/g, '')
  let sum = 0
  for (let i = digits.length - 1, double = false; i >= 0; i--, double = !double) {
    const digit = digits.charCodeAt(i) - 48
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
  }
  return sum % 10 === 0
}

export function passesEan(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < 13; i++) sum += (digits.charCodeAt(i) - 48) * (i % 2 === 0 ? 1 : 3)
  return sum % 10 === 0
}
