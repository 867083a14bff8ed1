import { NATIONAL_ID_FORMS } from './national-id-forms.ts'

/** Words for a national id, in several languages. */
const SAYS_NATIONAL_ID =
  /\bssn\b|social sec|\bmy social\b|national (?:id|ins)|identi(?:ty|fication|tät|té|dad|tà|teit|ficación|fikation)|\bid (?:no|num|card|code|doc)|(?:citizen|civil|resident) (?:id|card|num)|personal (?:id|code|num)|tax(?:payer)?(?:'s)? (?:id|no|num|ref|file)|\b[ti]tin\b|\btin\b|\btfn\b|\bein\b|passport|passeport|pasaporte|passaporto|reisepass|\bn\.?i\.? num|\bnino\b|\bni[fe]\b|\bdni\b|\bcpf\b|\bpesel\b|person(?:en)?nummer|personal-?ausweis|aad?haa?r|\bnhs\b|medicare|steuer-?(?:id|nr|num|ident)|ausweis|codice fiscale|tessera sanitaria|carta d.identit|carte d.identit|licen[cs]e n|driv(?:ing|er'?s?) licen|führerschein|\bpan (?:card|no|num)|\bcurp\b|\brut\b|\bnir\b|s[ée]curit[ée] sociale|n(?:um|úm|uum)[ée]ro fiscal|\bbsn\b|burgerservice|rijksregister|\bahv\b|\bsvnr\b|sozialversicherung|versicherungsn|c[ée]dula|contribuinte|cidadão|dowod|dowód|henkilötunnus|\bhetu\b|isikukood|fødselsn|\bcpr\b|rodn[ée] č|\bcnp\b|\boib\b|kimlik|\bnric\b|\bppsn?\b|身份证|주민등록|マイナンバー/i
const SAYS = SAYS_NATIONAL_ID.source
/** After the words: a group of letters and figures, and the groups that go on with it. */
const AFTER_WORDS = new RegExp(
  `((?:${SAYS})[^\\d\\n,;.(]{0,24}?[\\s:=#("'])((?:(?!is |no |nr )[a-z]{2} )?[a-z]{0,6}\\d[a-z0-9]{0,19}(?:[ ./-](?:[a-z]{0,2}\\d[a-z0-9]{0,10}|[a-z](?![a-z]))){0,6})(?![a-z0-9])`,
  'giu',
)
const FEWEST_SIGNS = 6
const FEWEST_DIGITS = 4
const SSN = /(?<![\w.+/-])(?!000|666)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w/]|[.-]\d| \d)/g
const ANY_FORM = new RegExp(
  `(?<![\\w.-])(?:${NATIONAL_ID_FORMS.map(({ form }) => form).join('|')})(?![\\w-]|[. /]\\d)`,
  'g',
)
const WHOLE_FORMS = NATIONAL_ID_FORMS.map(({ form, passes }) => ({ form: new RegExp(`^${form}$`), passes }))

/**
 * Replaces social security, tax, passport and other national ids by `[national_id]`: by the words before, where the
 * text has telling words, or by form and check digit.
 */
export function maskNationalIds(text: string, tells: boolean): string {
  let masked = text.replace(SSN, '[national_id]')
  if (tells && SAYS_NATIONAL_ID.test(masked)) masked = masked.replace(AFTER_WORDS, maskNamed)
  return masked.replace(ANY_FORM, (found) => (hasForm(found) ? '[national_id]' : found))
}

function maskNamed(found: string, before: string, id: string): string {
  const signs = id.match(/[a-z\d]/gi)?.length ?? 0
  const digits = id.match(/\d/g)?.length ?? 0
  return signs >= FEWEST_SIGNS && digits >= FEWEST_DIGITS ? `${before}[national_id]` : found
}

function hasForm(found: string): boolean {
  return WHOLE_FORMS.some(({ form, passes }) => form.test(found) && passes(found))
}
