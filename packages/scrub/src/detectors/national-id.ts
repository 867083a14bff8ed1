import { passesLuhn } from './card.ts'
import { passesCpf, passesHetu, passesNif, passesNric, passesVerhoeff } from './national-id-check.ts'

const SAYS_NATIONAL_ID =
  /\bssn\b|social sec|national (?:id|ins)|identity|\bid (?:no|num|card|code)|personal (?:id|code|num)|tax (?:id|no|num|ref)|\btin\b|passport|\bn\.?i\.? num|\bnino\b|\bnif\b|\bnie\b|\bdni\b|\bcpf\b|pesel|personnummer|aadhaar|\bnhs\b|steuer|ausweis|codice fiscale|licen[cs]e n|\bpan (?:card|no|num)/i
const SAYS = SAYS_NATIONAL_ID.source
/** After the words: a group of letters and figures, and the groups that go on with it. */
const AFTER_WORDS = new RegExp(
  `((?:${SAYS})[^\\d\\n,;.(]{0,24}?[\\s:=#(])((?:(?!is |no |nr )[a-z]{2} )?[a-z]{0,6}\\d[a-z0-9]{1,19}(?:[ ./-](?:[a-z]{0,2}\\d[a-z0-9]{0,10}|[a-z](?![a-z]))){0,5})(?![a-z0-9])`,
  'gi',
)
const SSN = /(?<![\w.+/-])(?!000|666)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w/]|[.-]\d)/g
/** Ids with a form and, mostly, a check of their own. */
const BY_FORM: readonly (readonly [form: RegExp, check: (found: string) => boolean])[] = [
  [/^[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]$/, () => true], // codice fiscale
  [/^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]$/, () => true], // NINO
  [/^\d{3}\.\d{3}\.\d{3}-\d{2}$/, passesCpf],
  [/^[XYZ\d]-?\d{7}-?[A-Z]$/, passesNif],
  [/^\d{6}[-+A]\d{3}[\dA-Y]$/, passesHetu],
  [/^(?:19|20)?\d{6}[-+]\d{4}$/, passesPersonnummer],
  [/^[2-9]\d{3} \d{4} \d{4}$/, passesVerhoeff], // Aadhaar
  [/^\d{3}-\d{3}-\d{3}$/, (found) => passesLuhn(found.replace(/\D/g, ''))], // SIN
  [/^[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]$/, () => true], // PAN
  [/^[STFGM]\d{7}[A-Z]$/, passesNric],
]
const ANY_FORM =
  /(?<![\w.-])(?:[A-Z]{5,6}\d[A-Z\d]{4,10}|[A-Z]{1,2} ?\d{2} ?\d{2} ?\d{2} ?\d?[A-Z]|[XYZ\d]-?\d{7}-?[A-Z]|\d{3}[.-]\d{3}[.-]\d{3}(?:-\d{2})?|\d{6,8}[-+A]\d{3}[\dA-Y]|[2-9]\d{3} \d{4} \d{4})(?![\w-]| \d)/g

/**
 * Replaces social security, tax, passport and other national ids by `[national_id]`: by the words before, where the
 * text has telling words, or by form.
 */
export function maskNationalIds(text: string, tells: boolean): string {
  let masked = text.replace(SSN, '[national_id]')
  if (tells && SAYS_NATIONAL_ID.test(masked)) masked = masked.replace(AFTER_WORDS, '$1[national_id]')
  return masked.replace(ANY_FORM, (found) =>
    BY_FORM.some(([form, check]) => form.test(found) && check(found)) ? '[national_id]' : found,
  )
}

function passesPersonnummer(found: string): boolean {
  const digits = found.replace(/\D/g, '').slice(-10)
  const month = Number(digits.slice(2, 4))
  const day = Number(digits.slice(4, 6))
  return digits.length === 10 && month >= 1 && month <= 12 && day >= 1 && day <= 91 && passesLuhn(digits)
}
