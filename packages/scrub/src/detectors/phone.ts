import { parsePhoneNumberFromString } from 'libphonenumber-js/min'

const EXTENSION = '(?:[ ,;]{0,2}(?:ext(?:ension)?|x|durchwahl)[.:=]? ?\\d{1,6})?'
const INTERNATIONAL = new RegExp(
  `(?<![\\p{L}\\d_])(?:tel:)?\\(?(?:\\+|00(?=[ ()./-]?[1-9]))[ (]{0,2}\\d(?:[ ()./-]{0,3}\\d){6,14}(?!\\d)${EXTENSION}`,
  'giu',
)
const NATIONAL = new RegExp(
  `(?<![\\p{L}\\d_+]|\\d[ .,/:-])\\(?\\d(?:[ ()./-]{0,2}\\d){6,13}(?![\\p{L}\\d_]|[ .,/:-]\\d)${EXTENSION}`,
  'giu',
)
const NORTH_AMERICAN = /^(?:1[-. ])?\(?[2-9]\d{2}\)?[-. ]{1,2}[2-9]\d{2}[-. ]\d{4}(?!\d)/
/** `0664 127319`, `(030) 901820`; a group of one `0` begins an ISBN. */
const GROUPED_WITH_TRUNK_ZERO = /^\(?0\d{1,4}[ ()./-]{1,2}\d/
const DATE = /^\d{1,4}([./-])\d{1,2}\1\d{2,4}$/
const SAYS_PHONE =
  /(?:phone|mobile|cell|\bcall(?:ed|ing)?\b|\btel\b|telefon|telef|\bfax|\bsms|\btext(?:ed)? me|whatsapp|signal|\breach|\bring\b|handy|nummer|\bnumber(?: is|:)|contact|rückruf|appel|llam|chiama|wa\.me\/)[^\d]{0,30}$/i
const SAYS_OTHER =
  /(?:order|invoice|ref|ticket|track|item|sku|case|code|\bid\b|account|bestell|parcel|shipment|amount|total)[^\d]{0,20}$/i

/** Parsing takes 7 µs: a text of nothing but beginnings of numbers would take long. Beyond it, form alone decides. */
const MOST_PARSED = 200

/** Replaces phone numbers by `[phone]`: international ones that exist, national ones by their form or the words before. */
export function maskPhones(text: string): string {
  let parsed = 0
  const isPhone = (number: string) => ++parsed > MOST_PARSED || isPossible(number)
  const masked = text.replace(INTERNATIONAL, (found) => maskInternational(found, isPhone))
  return masked.replace(NATIONAL, (found, index: number) =>
    isNational(found, masked.slice(Math.max(0, index - 48), index)) ? '[phone]' : found,
  )
}

/** Figures of the next words may have been taken along: the longest beginning that is a possible number counts. */
function maskInternational(found: string, isPhone: (number: string) => boolean): string {
  const number = found.replace(/^tel:/i, '')
  for (let end = number.length, tries = 0; end > 6 && tries < 4; tries++) {
    const beginning = number.slice(0, end)
    if (isPhone(beginning)) return `[phone]${number.slice(end)}`
    end = beginning.search(/[ ()./,;-]+[^ ()./,;-]+$/)
  }
  return found
}

function isPossible(number: string): boolean {
  const zeros = number.startsWith('00')
  // Zero-filled order numbers begin with 00 too: without a separator it has to be a number that is given out.
  const sure = zeros && !/[ ()./-]/.test(number)
  const parsed = parsePhoneNumberFromString(zeros ? `+${number.slice(2)}` : number)
  return parsed !== undefined && (sure ? parsed.isValid() : parsed.isPossible())
}

function isNational(found: string, before: string): boolean {
  if (DATE.test(found)) return false
  if (NORTH_AMERICAN.test(found)) return true
  const digits = found.replace(/\D/g, '').length
  const glued = /[=/#.:,-]$/.test(before)
  if (GROUPED_WITH_TRUNK_ZERO.test(found) && digits >= 8 && digits <= 12 && !glued) return true
  return SAYS_PHONE.test(before) && !SAYS_OTHER.test(before)
}
