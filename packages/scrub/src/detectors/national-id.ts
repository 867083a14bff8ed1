import { caseless } from './caseless.ts'
import { passesDatedId } from './national-id-check.ts'
import { NATIONAL_ID_FORMS } from './national-id-forms.ts'

/** Words for a national id in several languages, and how such words begin. */
const WORDS =
  'ssn|i?tin|tfn|ein|nino|ni[fe]|dni|cpf|pesel|nhs|curp|rut|nir|bsn|ahv|svnr|hetu|cpr|cnp|oib|nric|ppsn?'
const BEGINNINGS =
  'social sec|my social(?!\\p{L})|national (?:id|ins)|identi(?:ty|fication|tät|té|dad|tà|teit|ficación|fikation)|id (?:no|num|card|code|doc)|' +
  "(?:citizen|civil|resident) (?:id|card|num)|personal (?:id|code|num)|tax(?:payer)?(?:'s)? (?:id|no|num|ref|file)|" +
  "passp|passeport|pasaporte|reisepass|n\\.?i\\.? num|medicare|licen[cs]e n|driv(?:ing|er'?s?) licen|pan (?:card|no|num)|aad?haa?r|" +
  'person(?:en)?nummer|personal-?ausweis|ausweis|steuer-?(?:id|nr|num|ident)|sozialversicherung|versicherungsn|führerschein|' +
  'codice fiscale|tessera sanitaria|cart[ae] d.identit|s[ée]curit[ée] sociale|n[uú]m[ée]ro fiscal|c[ée]dula|contribuinte|cidadão|' +
  'burgerservice|rijksregister|dow[oó]d|henkilötunnus|isikukood|fødselsn|rodn[ée] č|kimlik|身份证|주민등록|マイナンバー'
/** After the words: a group of letters and figures, and the groups that go on with it. */
const AFTER_WORDS = caseless(
  `(?<!\\p{L})((?:(?:${WORDS})(?!\\p{L})|${BEGINNINGS})[^\\d\\n,;.(]{0,24}?[\\s:=#("'])((?:(?!is |no |nr )[a-z]{2} )?[a-z]{0,6}\\d[a-z0-9]{0,19}(?:[ ./-](?:[a-z]{0,2}\\d[a-z0-9]{0,10}|[a-z](?![a-z]))){0,6})(?![a-z0-9])`,
  'g',
)
/** Figures alone are an id only where their check digits fit and a word like `id` stands before. */
const AFTER_ID = caseless(
  /(?<!\p{L})((?:id|document|doc|dokument)(?: (?:no|number|nr|is))?[ .:#]{1,3})(\d{11}|\d{13})(?!\d)/u.source,
  'g',
)
const SAYS_OTHER =
  /(?:order|invoice|product|item|ticket|track|parcel|session|request|transaction|campaign|article)[\s_-]{0,2}$/i
const FEWEST_SIGNS = 6
const FEWEST_DIGITS = 4
const SSN = /(?<![\w.+/-])(?!000|666)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w/]|[.-]\d| \d)/g
const ANY_FORM = new RegExp(
  `(?<![\\w.-])(?:${NATIONAL_ID_FORMS.map(({ form }) => form).join('|')})(?![\\w-]|[. /]\\d)`,
  'g',
)
const WHOLE_FORMS = NATIONAL_ID_FORMS.map(({ form, passes }) => ({ form: new RegExp(`^${form}$`), passes }))

/** Replaces social security and other national ids by `[national_id]`: by form and check digit. */
export function maskNationalIds(text: string): string {
  const masked = text.replace(SSN, '[national_id]')
  return masked.replace(ANY_FORM, (found) => (hasForm(found) ? '[national_id]' : found))
}

/** The same for what stands after words like `passport number`, whatever its form. */
export function maskNamedIds(text: string): string {
  return text
    .replace(AFTER_WORDS, maskNamed)
    .replace(AFTER_ID, (found, before: string, id: string, index: number) =>
      passesDatedId(id) && !SAYS_OTHER.test(text.slice(Math.max(0, index - 14), index))
        ? `${before}[national_id]`
        : found,
    )
}

function maskNamed(found: string, before: string, id: string): string {
  const signs = id.match(/[a-z\d]/gi)?.length ?? 0
  const digits = id.match(/\d/g)?.length ?? 0
  return signs >= FEWEST_SIGNS && digits >= FEWEST_DIGITS ? `${before}[national_id]` : found
}

function hasForm(found: string): boolean {
  return WHOLE_FORMS.some(({ form, passes }) => form.test(found) && passes(found))
}
