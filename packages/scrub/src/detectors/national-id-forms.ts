import { passesEan, passesLuhn } from './card.ts'
import {
  passesBelgian,
  passesChinese,
  passesCpf,
  passesCuit,
  passesCzech,
  passesHetu,
  passesNhs,
  passesNif,
  passesNir,
  passesNorwegian,
  passesNric,
  passesRut,
  passesSnils,
  passesSteuerId,
  passesSvnr,
  passesTaiwanese,
  passesThai,
  passesVerhoeff,
} from './national-id-check.ts'

interface Form {
  readonly form: string
  readonly passes: (found: string) => boolean
}

const always = (): boolean => true
const DAY = '(?:0[1-9]|[12]\\d|3[01])'
const MONTH = '(?:0[1-9]|1[0-2])'

/**
 * Ids that are recognised without a word beside them, because their form is their own or their check digits fit. Ids of
 * nothing but figures (PESEL, BSN, CNP, …) look like any number: they need a word.
 */
export const NATIONAL_ID_FORMS: readonly Form[] = [
  { form: '[A-Z]{6}\\d{2}[A-EHLMPRST]\\d{2}[A-Z]\\d{3}[A-Z]', passes: always }, // Italy
  {
    form: '(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z]{2} ?\\d{2} ?\\d{2} ?\\d{2} ?[A-D]', // United Kingdom
    passes: always,
  },
  { form: '\\d{3} \\d{3} \\d{4}', passes: passesNhs }, // United Kingdom, NHS
  { form: '\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}', passes: passesCpf }, // Brazil
  { form: '[XYZ\\d]-?\\d{7}-?[A-Z]', passes: passesNif }, // Spain
  { form: `${DAY}${MONTH}\\d{2}[-+A-F]\\d{3}[\\dA-Y]`, passes: passesHetu }, // Finland
  { form: '(?:19|20)?\\d{6}[-+]\\d{4}', passes: passesPersonnummer }, // Sweden
  { form: `${DAY}${MONTH}\\d{2} ?\\d{5}`, passes: passesNorwegian },
  { form: '[2-9]\\d{3} \\d{4} \\d{4}', passes: passesVerhoeff }, // India, Aadhaar
  { form: '[A-Z]{3}[ABCFGHJLPT][A-Z]\\d{4}[A-Z]', passes: always }, // India, PAN
  { form: '\\d{3}-\\d{3}-\\d{3}', passes: passesLuhn }, // Canada
  { form: '[STFGM]\\d{7}[A-Z]', passes: passesNric }, // Singapore
  { form: '756\\.?\\d{4}\\.?\\d{4}\\.?\\d{2}', passes: (found) => passesEan(found.replace(/\D/g, '')) }, // Switzerland
  { form: '\\d{1,2}\\.\\d{3}\\.\\d{3}-[\\dKk]', passes: passesRut }, // Chile
  { form: '(?:20|2[34567]|30|33)-\\d{8}-\\d', passes: passesCuit }, // Argentina
  { form: `[A-Z]{4}\\d{2}${MONTH}${DAY}[HMX][A-Z]{5}[A-Z\\d]\\d`, passes: always }, // Mexico, CURP
  { form: `[A-ZÑ&]{4}\\d{2}${MONTH}${DAY}[A-Z\\d]{3}`, passes: always }, // Mexico, RFC
  { form: `\\d{6}(?:19|20)\\d{2}${MONTH}${DAY}\\d{3}[\\dXx]`, passes: passesChinese },
  { form: `\\d{2}${MONTH}${DAY}-[1-8]\\d{6}`, passes: always }, // Korea
  { form: '[A-Z][1289]\\d{8}', passes: passesTaiwanese },
  { form: '[A-Z]\\d{6}\\([\\dA]\\)', passes: always }, // Hong Kong
  { form: '\\d{6}/\\d{3,4}', passes: passesCzech }, // Czechia, Slovakia
  { form: `\\d{2}\\.${MONTH}\\.${DAY}-\\d{3}\\.\\d{2}`, passes: passesBelgian },
  { form: '[12] ?\\d{2} ?\\d{2} ?\\d[\\dAB] ?\\d{3} ?\\d{3} ?\\d{2}', passes: passesNir }, // France
  { form: '[1-9]\\d \\d{3} \\d{3} \\d{3}', passes: passesSteuerId }, // Germany
  { form: `[1-9]\\d{3} ${DAY}${MONTH}\\d{2}`, passes: passesSvnr }, // Austria
  { form: '\\d{3}-\\d{3}-\\d{3} \\d{2}', passes: passesSnils }, // Russia
  { form: '\\d-\\d{4}-\\d{5}-\\d{2}-\\d', passes: passesThai },
  { form: '\\d{5}-\\d{7}-\\d', passes: always }, // Pakistan
]

function passesPersonnummer(found: string): boolean {
  const digits = found.replace(/\D/g, '').slice(-10)
  const month = Number(digits.slice(2, 4))
  const day = Number(digits.slice(4, 6))
  return month >= 1 && month <= 12 && day >= 1 && day <= 91 && passesLuhn(digits)
}
