export const SAYS_BIRTH =
  /\bborn\b|birth|\bdob\b|\bd\.o\.b|geboren|geburt|\bn[ée]e? le\b|naissance|nacid[oa]|nacimiento|\bnat[oa] il\b|nascita|geboorte/i
const MONTH = '\\p{L}{3,10}\\.?'
const DATE = [
  '\\d{1,2}[./-] ?\\d{1,2}[./-] ?\\d{2,4}',
  '\\d{4}[./-]\\d{1,2}[./-]\\d{1,2}',
  `\\d{1,2}(?:st|nd|rd|th|\\.)?[ -](?:of |de )?${MONTH},?[ -](?:de )?\\d{2,4}`,
  `${MONTH} \\d{1,2}(?:st|nd|rd|th)?,? \\d{2,4}`,
  '(?:19|20)\\d{6}',
].join('|')
const BIRTH_DATE = new RegExp(`((?:${SAYS_BIRTH.source})[^\\d\\n]{0,24}?[^\\p{L}\\d])(${DATE})(?!\\d)`, 'giu')

/** Replaces the date after words that speak of a birth by `[birth_date]`; other dates stay. */
export function maskBirthDates(text: string): string {
  return text.replace(BIRTH_DATE, '$1[birth_date]')
}
