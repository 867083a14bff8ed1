import { caseless } from './caseless.ts'

/** `scheme://user:password@host` */
const IN_URL = /([a-z][a-z0-9+.-]{1,20}:\/\/)([^\s:@/?#[\]]{0,128}):([^\s@/[][^\s@/]{0,255})@/gi
const WORD =
  '(?:(?:user|db|pg|mysql|redis|root|admin)?_?pass ?(?:word|phrase|code|wort|wd|ord)?|passwort|kennwort|wachtwoord|contrase[ñn]a|mot de passe|palavra-?passe|senha|pwd|has[łl]o|l[öo]senord|adgangskode|heslo|salasana|пароль)'
const LINK = '(?: (?:is|was|to|ist|war|lautet|auf|es|era|est|était|é|è|jest|är|er|on|with|of|used|be))'
/** `my password is hunter2`, `changed my password to …`, `Passwort: …`. */
const IN_TEXT = caseless(
  `(?<![\\p{L}])(${WORD}(?![\\p{L}])(?:${LINK}(?: now)?:?|["']?[:=])\\s{0,3}["'“„]?)([^\\s"'”“,;&]{3,128})`,
  'g',
)
/** Nothing between but a space, a quote: only what is no word and no size. */
const RIGHT_BEHIND = caseless(
  `(?<![\\p{L}])((?:${WORD}|--pass(?:word)?)(?![\\p{L}]) ["'“„(]?)([^\\s"'”“,;&()]{6,128})`,
  'g',
)
/** `curl -u admin:…`, `use … as password`. */
const ELSEWHERE =
  /(-u [\w.-]{1,64}:|\buse )([^\s"'”“,;&:]{6,128})(?= |$)(?=.{0,12}(?:as (?:my |the )?pass|https?:|$))/g
const PIN = /\b(pin(?: code| number)?(?: is|:| =|=) ?)\d{4,8}(?!\d)/gi

/** `https://user:…@host`: `[password]` stands between. */
export function maskUrlPasswords(text: string): string {
  return text.includes('://') ? text.replace(IN_URL, '$1$2:[password]@') : text
}

/** Replaces what stands after the words password and PIN by `[password]`. */
export function maskPasswords(text: string): string {
  return text
    .replace(PIN, '$1[password]')
    .replace(IN_TEXT, (found, said: string, value: string) =>
      hasSign(value) ? masked(found, said, value) : found,
    )
    .replace(RIGHT_BEHIND, (found, said: string, value: string) =>
      isMixed(value) ? masked(found, said, value) : found,
    )
    .replace(ELSEWHERE, (found, said: string, value: string) =>
      isMixed(value) ? masked(found, said, value) : found,
    )
}

function masked(found: string, said: string, value: string): string {
  return value.startsWith('[') ? found : `${said}[password]`
}

/** `required` and `must` are no passwords: one has a figure, a sign, or a capital inside. */
function hasSign(value: string): boolean {
  return /[\d!$%&*+?#^~_@]|\p{Ll}\p{Lu}/u.test(value)
}

function isMixed(value: string): boolean {
  return (
    /\p{L}/u.test(value) &&
    (/\p{Ll}\p{Lu}/u.test(value) || /[\d_!$%*?#^~]/.test(value)) &&
    !/^[\d.,-]+\p{L}{0,4}$/u.test(value)
  )
}
