import { maskCards, maskSecurityCodes } from './detectors/card.ts'
import { maskEmails, maskWrittenOutEmails } from './detectors/email.ts'
import { maskIbans } from './detectors/iban.ts'
import { maskIps } from './detectors/ip.ts'
import { maskNationalIds } from './detectors/national-id.ts'
import { maskPasswords, maskUrlPasswords } from './detectors/password.ts'
import { maskPhones } from './detectors/phone.ts'
import { maskSpoken } from './detectors/spoken.ts'
import { maskCredentials, maskTokens } from './detectors/token.ts'
import { foldUnicode } from './fold-unicode.ts'
import { scrubEncoded } from './scrub-encoded.ts'
import { maskJsonPairs, maskPairs } from './scrub-query.ts'
import {
  AT,
  BRACKET,
  COLON,
  DOT,
  EQUALS,
  FOUR_DIGITS,
  LONG_RUN,
  PERCENT,
  SEVEN_DIGITS,
  TELLING_WORD,
  TWELVE_DIGITS,
  UNICODE,
  whatTextHolds,
} from './what-text-holds.ts'

/** Characters of a text that are looked at; what follows is cut. */
const LONGEST_TEXT = 8_192
/** Looked at beyond the cut, so that what begins before it is recognised whole. */
const OVERLAP = 512
const CUT = '[cut]'
const DEEPEST_ENCODING = 3
const SUSPICIOUS = AT | BRACKET | PERCENT | EQUALS | FOUR_DIGITS | LONG_RUN | UNICODE | TELLING_WORD

/** The text with personal data replaced by `[email]`, `[phone]`, …; over 8,192 characters it ends in `[cut]`. */
export function scrubText(text: string): string {
  if (text.length <= LONGEST_TEXT) return scrubWhole(text, 0)
  const scrubbed = scrubWhole(text.slice(0, LONGEST_TEXT + OVERLAP), 0)
  return scrubbed.slice(0, Math.max(0, scrubbed.length - OVERLAP)) + CUT
}

function scrubWhole(text: string, depth: number): string {
  const signs = whatTextHolds(text)
  if ((signs & SUSPICIOUS) === 0) return text
  const masked = maskKinds(text, signs, depth)
  if ((signs & UNICODE) === 0) return masked
  const folded = foldUnicode(masked)
  if (folded === masked) return masked
  const refolded = maskKinds(folded, whatTextHolds(folded), depth)
  return refolded === folded ? masked : refolded
}

/** In this order: what is named goes first, then the long and sure kinds, so that a phone is not found inside a card. */
function maskKinds(text: string, signs: number, depth: number): string {
  let masked = text
  if (signs & EQUALS)
    masked = maskPairs(masked, (value) => (depth < DEEPEST_ENCODING ? scrubWhole(value, depth + 1) : value))
  if (signs & COLON && masked.includes('":')) masked = maskJsonPairs(masked)
  if (signs & PERCENT && depth < DEEPEST_ENCODING)
    masked = scrubEncoded(masked, (decoded) => scrubWhole(decoded, depth + 1))
  const spoken = (signs & (TELLING_WORD | UNICODE)) !== 0
  if (signs & LONG_RUN) masked = maskTokens(masked)
  if (spoken) masked = maskSecurityCodes(maskPasswords(maskCredentials(masked)))
  if (signs & AT) masked = maskEmails(maskUrlPasswords(masked))
  if (spoken || signs & (AT | BRACKET)) masked = maskWrittenOutEmails(masked)
  if (signs & FOUR_DIGITS) masked = maskNumbers(masked, signs)
  return spoken ? maskSpoken(masked) : masked
}

function maskNumbers(text: string, signs: number): string {
  let masked = text
  if (signs & SEVEN_DIGITS) masked = maskIbans(masked)
  if (signs & TWELVE_DIGITS) masked = maskCards(masked)
  if (signs & (DOT | COLON)) masked = maskIps(masked)
  masked = maskNationalIds(masked, (signs & (TELLING_WORD | UNICODE)) !== 0)
  return signs & SEVEN_DIGITS ? maskPhones(masked) : masked
}
