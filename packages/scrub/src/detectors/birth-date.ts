import { caseless } from './caseless.ts'

const BORN =
  'born|geboren|n[ée]e?|nacid[oa]|nat[oa]|nascid[oa]|urodzon[ya]|född|født|fødd|syntynyt|narozen[aáý]?'
const SAYS =
  '(?:born|dob|d\\.o\\.b\\.?|bday)(?!\\p{L})|birth|geb(?:oren|urt|\\.)|n[ée]e? (?:le|en|el|à)(?!\\p{L})|naissance|nacid[oa]|' +
  'nacimiento|cumplea[ñn]os|nat[oa] (?:il|l|a)(?!\\p{L})|nascita|nasciment|nascid|geboorte|urodz|föd(?:d|else)|fød(?:t|sel)|syntym|narozen|anniversaire'
const MONTH = '\\p{L}{3,12}\\.?'
const DATE = [
  '\\d{1,2}[./-] ?\\d{1,2}[./-] ?\\d{2,4}',
  '\\d{1,2} \\d{1,2} (?:19|20)\\d{2}',
  '\\d{4}[./-]\\d{1,2}[./-]\\d{1,2}',
  `\\d{1,2}(?:st|nd|rd|th|er|\\.)?[ -](?:of |de |d')?${MONTH},?[ -](?:de |del )?\\d{2,4}`,
  `${MONTH} \\d{1,2}(?:st|nd|rd|th)?,? \\d{2,4}`,
  '(?:19|20)\\d{6}',
].join('|')
const BIRTH_DATE = caseless(`(?<!\\p{L})((?:${SAYS})[^\\d\\n]{0,24}?[^\\p{L}\\d])(${DATE})(?!\\d)`, 'g')
/** `am 3.4.1980 geboren`: the word may stand behind. */
const BEFORE_BORN = caseless(`(?<![\\p{L}\\d./-])(?:${DATE})(?= (?:${BORN})(?!\\p{L}))`, 'g')

/** Replaces the date after or right before words that speak of a birth by `[birth_date]`; other dates stay. */
export function maskBirthDates(text: string): string {
  return text.replace(BIRTH_DATE, '$1[birth_date]').replace(BEFORE_BORN, '[birth_date]')
}
