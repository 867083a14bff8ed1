import { decodeEscapes } from './decode-escapes.ts'
import { maskBirthDates } from './detectors/birth-date.ts'
import { maskCards, maskSecurityCodes } from './detectors/card.ts'
import { maskEmails, maskWrittenOutEmails } from './detectors/email.ts'
import { maskIbans } from './detectors/iban.ts'
import { maskIps } from './detectors/ip.ts'
import { maskLabelled } from './detectors/labelled.ts'
import { maskNamedIds, maskNationalIds } from './detectors/national-id.ts'
import { maskPasswords, maskUrlPasswords } from './detectors/password.ts'
import { maskLinkedNames, maskPersonNames } from './detectors/person-name.ts'
import { maskPhones, maskShortPhones } from './detectors/phone.ts'
import { maskNamedAddresses, maskStreets } from './detectors/street-address.ts'
import { maskCredentials, maskTokens } from './detectors/token.ts'
import { foldUnicode } from './fold-unicode.ts'
import { scrubBase64 } from './scrub-base64.ts'
import { scrubEncoded } from './scrub-encoded.ts'
import { scrubJson } from './scrub-json.ts'
import { maskJsonPairs, maskPairs } from './scrub-query.ts'
import {
  ADDRESS_WORD,
  BIRTH_WORD,
  ID_WORD,
  LINK_WORD,
  NAME_WORD,
  SECRET_WORD,
  STREET_WORD,
  TELLING_WORD,
} from './telling-words.ts'
import {
  AT,
  BRACKET,
  CAPITAL,
  COLON,
  DOT,
  EQUALS,
  ESCAPE,
  FOUR_DIGITS,
  LONG_RUN,
  ONE_DIGIT,
  PERCENT,
  SEVEN_DIGITS,
  SEVEN_IN_A_ROW,
  TWELVE_IN_A_ROW,
  UNICODE,
  whatTextHolds,
} from './what-text-holds.ts'

/** Characters of a text that are looked at; what follows is cut. */
const LONGEST_TEXT = 8_192
/** Looked at beyond the cut, so that what begins before it is recognised whole. */
const OVERLAP = 512
const CUT = '[cut]'
const DEEPEST_ENCODING = 3
/** Where nothing is to be found, and what most events have in several fields. */
const HARMLESS =
  /^(?:[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)|[a-z]{1,8}_[\da-f]{16}|[a-z/._-]{1,39}|[A-Za-z_]{1,15}|[A-Z]{0,4}\d{0,5}[A-Z]{0,2})$/
const LONGEST_HARMLESS = 40
const SUSPICIOUS = AT | BRACKET | PERCENT | EQUALS | FOUR_DIGITS | LONG_RUN | UNICODE | ESCAPE | TELLING_WORD

/** The text with personal data replaced by `[email]`, `[phone]`, …; over 8,192 characters it ends in `[cut]`. */
export function scrubText(text: string): string {
  return scrubAndCut(text, LONGEST_TEXT)
}

/** The same for another length than 8,192. */
export function scrubAndCut(text: string, longest: number): string {
  if (text.length <= longest) return scrubWhole(text, 0)
  const scrubbed = scrubWhole(text.slice(0, longest + OVERLAP), 0)
  return scrubbed.slice(0, Math.max(0, scrubbed.length - OVERLAP)) + CUT
}

function scrubWhole(text: string, depth: number): string {
  if (looksUsual(text) && HARMLESS.test(text)) return text
  const signs = whatTextHolds(text)
  if ((signs & SUSPICIOUS) === 0 || (text.length < LONGEST_HARMLESS && HARMLESS.test(text))) return text
  if (signs & BRACKET && depth < DEEPEST_ENCODING) {
    const json = scrubJson(text, (inner) => scrubWhole(inner, depth + 1))
    if (json !== undefined) return json
  }
  const masked = maskKinds(text, signs, depth)
  const plain = plainForm(masked, signs)
  if (plain === masked) return masked
  const remasked = maskKinds(plain, whatTextHolds(plain), depth)
  return remasked === plain ? masked : remasked
}

/** Without the escapes and signs that only look different. */
function plainForm(text: string, signs: number): string {
  const decoded = signs & ESCAPE ? decodeEscapes(text) : text
  return signs & (UNICODE | ESCAPE) ? foldUnicode(decoded) : decoded
}

/** A uuid or a time, by the sign that stands at its place: cheaper than to look at every character. */
function looksUsual(text: string): boolean {
  if (text.length === 36) return text.charCodeAt(8) === 45
  return text.length >= 20 && text.length <= 29 && text.charCodeAt(10) === 84
}

/** In this order: what is named goes first, then the long and sure kinds, so that a phone is not found inside a card. */
function maskKinds(text: string, signs: number, depth: number): string {
  let masked = text
  if (signs & EQUALS)
    masked = maskPairs(masked, (value) => (depth < DEEPEST_ENCODING ? scrubWhole(value, depth + 1) : value))
  if (signs & COLON && masked.includes('":')) masked = maskJsonPairs(masked)
  if (signs & PERCENT && depth < DEEPEST_ENCODING)
    masked = scrubEncoded(masked, (decoded) => scrubWhole(decoded, depth + 1))
  if (signs & LONG_RUN) masked = maskLongRuns(masked, depth)
  if (signs & SECRET_WORD) masked = maskSecurityCodes(maskPasswords(maskCredentials(masked)))
  if (signs & AT) masked = maskEmails(maskUrlPasswords(masked))
  if (signs & (TELLING_WORD | AT | BRACKET)) masked = maskWrittenOutEmails(masked)
  if (signs & FOUR_DIGITS) masked = maskNumbers(masked, signs)
  return signs & TELLING_WORD ? maskSpoken(masked, signs) : masked
}

function maskLongRuns(text: string, depth: number): string {
  const masked = maskTokens(text)
  return depth < DEEPEST_ENCODING ? scrubBase64(masked, (decoded) => scrubWhole(decoded, depth + 1)) : masked
}

/** What only the words around it tell: what stands after a label, birth dates, names, addresses. */
function maskSpoken(text: string, signs: number): string {
  let masked = signs & COLON || (signs & EQUALS && text.includes(' = ')) ? maskLabelled(text) : text
  if (signs & BIRTH_WORD && signs & ONE_DIGIT) masked = maskBirthDates(masked)
  if (signs & NAME_WORD) masked = maskPersonNames(masked)
  if (signs & ONE_DIGIT && signs & ADDRESS_WORD) masked = maskNamedAddresses(masked)
  if (signs & ONE_DIGIT && signs & (ADDRESS_WORD | STREET_WORD)) masked = maskStreets(masked)
  return signs & LINK_WORD ? maskLinkedNames(masked) : masked
}

function maskNumbers(text: string, signs: number): string {
  let masked = text
  if (signs & SEVEN_DIGITS) masked = maskIbans(masked)
  if (signs & TWELVE_IN_A_ROW) masked = maskCards(masked)
  if (signs & (DOT | COLON)) masked = maskIps(masked)
  if (signs & (SEVEN_DIGITS | CAPITAL)) masked = maskNationalIds(masked)
  if (signs & ID_WORD) masked = maskNamedIds(masked)
  return signs & SEVEN_IN_A_ROW ? maskPhones(masked) : maskShortPhones(masked)
}
