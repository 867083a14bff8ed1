import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { passesEan } from './card.ts'
import { caseless } from './caseless.ts'

const EXTENSION = '(?:[ ,;]{0,2}(?:ext(?:ension)?|x|durchwahl)[.:=]? ?\\d{1,6})?'
const INTERNATIONAL = caseless(
  `(?<![\\p{L}\\d_])(?:tel:)?\\(?(?:\\+|00(?=[ ()./-]?[1-9]))[ (]{0,2}\\d(?:[ ()./-]{0,3}\\d){6,15}(?!\\d)${EXTENSION}`,
  'g',
)
const NATIONAL = caseless(
  `(?<![\\p{L}\\d_+]|\\d[ .,/:-])\\(?\\d(?:[ ()./-]{0,2}\\d){3,13}(?![\\p{L}\\d_]|[ .,/:-]\\d)${EXTENSION}`,
  'g',
)
const NORTH_AMERICAN = /^(?:1[-. ])?\(?[2-9]\d{2}\)?[-. ]{1,2}[2-9]\d{2}[-. ]\d{4}(?!\d)/
/** `0664 127319`, `(030) 901820`; a group of one `0` begins an ISBN. */
const GROUPED_WITH_TRUNK_ZERO = /^\(?0\d{1,4}[ ()./-]{1,2}\d/
/** Order numbers have hyphens between their groups, seldom spaces. */
const SPACED = /[ ().]/
const DATE = /^\d{1,4}([./-])\d{1,2}\1\d{2,4}$/
const TRUNK = /\(0\)/
const PHONE =
  'phone|telephone|tel|telefon(?:o|e|nummer)?|téléphone|teléfono|telefoon(?:nummer)?|mobile|mobil(?:nummer)?|cell|cellulare|celular|' +
  'móvil|portable|handy(?:nummer)?|rufnummer|fax|whatsapp|wa\\.me\\/|puhelin|komórka'
/** Words beside which also a few digits are a number: small islands have some of five. */
const SAYS_SURELY = caseless(
  `(?<!\\p{L})(?:(?:${PHONE})(?: (?:number|no|nr|numéro|número)\\.?)?(?: (?:is|ist|est|es|è|é|le|lautet|to|är)){0,2}|call me (?:at|on))[ :.=]{1,3}$`,
)
const SAYS_PHONE = caseless(
  `(?:(?<!\\p{L})(?:${PHONE}|call(?:ed|ing|back)?|sms|text(?:ed)?(?: me)?|otp|code (?:was )?sent to|signal|reach|ring|ruf(?:en)?|anruf(?:en)?|contact|joindre|joignable|` +
    'appele[rz]|appel|llam(?:ar|e|ame)|liga[r]?|ligue|chiamare|bel(?:len)?|zadzwo[nń]i?[eć]?|ring|dzwoni[cć])(?!\\p{L})|phone|telef|erreich|nummer|numero|número|numéro|numer|number(?: is|:)|rückruf)[^\\d,;|\\n]{0,30}$',
)
const SAYS_OTHER = caseless(
  /(?:order|invoice|rechnung|facture|factura|fattura|ref|ticket|track|item|sku|isbn|ean|barcode|article|artikel|product|case|code(?! (?:was )?sent to)|\bid\b|account|bestell|commande|pedido|ordine|zamówieni|beställning|parcel|shipment|paket|amount|total|sum|price|pixel)[^\d]{0,20}$/u
    .source,
)
/** A text with fewer than seven digits is looked at for numbers only with one of these words. */
const MAY_SAY_SURELY = /phone|tel|mobil|cel|fax|handy|móvil|portable|rufnummer|puhelin|komórka|call me/i

/** Parsing takes 7 µs: a text of nothing but beginnings of numbers would take long. Beyond it, form alone decides. */
const MOST_PARSED = 200

/** Replaces phone numbers by `[phone]`: international ones that exist, national ones by their form or the words before. */
export function maskPhones(text: string): string {
  let parsed = 0
  const isPhone = (number: string) => ++parsed > MOST_PARSED || isPossible(number)
  const masked = text.replace(INTERNATIONAL, (found, index: number) =>
    isFilledUp(found, text.slice(Math.max(0, index - 32), index)) ? found : maskInternational(found, isPhone),
  )
  return masked.replace(NATIONAL, (found, index: number) =>
    isNational(found, masked.slice(Math.max(0, index - 48), index)) ? '[phone]' : found,
  )
}

/** The same for a text of four to six digits: with a word right before only. */
export function maskShortPhones(text: string): string {
  return MAY_SAY_SURELY.test(text) ? maskPhones(text) : text
}

/** Order numbers and article codes that are filled up with zeros begin like a number to abroad. */
function isFilledUp(found: string, before: string): boolean {
  if (!/^\(?00/.test(found) || SPACED.test(found)) return false
  return SAYS_OTHER.test(before) || (/^\d{13}$/.test(found) && passesEan(found) && !SAYS_PHONE.test(before))
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
  // Zero-filled order numbers begin with 00 too: without spaces it has to be a number that is given out.
  const sure = zeros && !SPACED.test(number)
  const parsed = parsePhoneNumberFromString(zeros ? `+${number.slice(2)}` : number)
  if (parsed !== undefined && (sure ? parsed.isValid() : parsed.isPossible())) return true
  return TRUNK.test(number) && isPossible(number.replace(TRUNK, ''))
}

function isNational(found: string, before: string): boolean {
  if (DATE.test(found)) return SAYS_SURELY.test(before)
  const digits = found.replace(/\D/g, '').length
  if (digits < 7) return digits > 3 && SAYS_SURELY.test(before)
  if (NORTH_AMERICAN.test(found)) return true
  const other = SAYS_OTHER.test(before)
  const glued = /[=/#.:,-]$/.test(before) || (other && !SPACED.test(found))
  if (GROUPED_WITH_TRUNK_ZERO.test(found) && digits >= 8 && digits <= 12 && !glued) return true
  return !other && SAYS_PHONE.test(before)
}
