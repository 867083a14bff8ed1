/** `scheme://user:password@host` */
const IN_URL = /([a-z][a-z0-9+.-]{1,20}:\/\/)([^\s:@/?#[\]]{0,128}):([^\s@/[][^\s@/]{0,255})@/gi
const SAYS_PASSWORD =
  /pass|pwd|wort|wachtw|contrase|senha|\bpin\b|has[łl]o|l[öo]senord|adgangsk|heslo|salasana|пароль/i
const WORD =
  '(?:pass ?(?:word|phrase|code|wort|wd|ord)|passwort|kennwort|wachtwoord|contrase[ñn]a|mot de passe|palavra-?passe|senha|pwd|has[łl]o|l[öo]senord|adgangskode|heslo|salasana|пароль)'
const LINK = '(?: (?:is|was|to|ist|war|lautet|auf|es|era|est|était|é|è|jest|är|er|on|with|of|used))'
/** What has a figure or a sign in it: `password is required` and `password must …` stay. */
const TELLS = '(?=[^\\s]{0,60}[\\d!$%&*+?#^~_@])'
/** `my password is hunter2`, `changed my password to …`, `Passwort: …`. */
const IN_TEXT = new RegExp(
  `(?<![\\p{L}])(${WORD}(?![\\p{L}])(?:${LINK}(?: now)?:?|["']?[:=])\\s{0,3}["'“„]?)${TELLS}([^\\s"'”“,;&]{3,128})`,
  'giu',
)
/** Nothing between but a space: only what could not be a word or a size, in quotes or not. */
const RIGHT_BEHIND = new RegExp(
  `(?<![\\p{L}])((?:${WORD}|--pass(?:word)?)(?![\\p{L}]) ["'“„(]?)(?=[^\\s"']{0,60}\\d)(?=[^\\s"']{0,60}[A-Za-z])([^\\s"'”“,;&()]{6,128})`,
  'giu',
)
const PIN = /\b(pin(?: code| number)?(?: is|:| =|=) ?)\d{4,8}(?!\d)/gi

/** `https://user:…@host`: `[password]` stands between. */
export function maskUrlPasswords(text: string): string {
  return text.includes('://') ? text.replace(IN_URL, '$1$2:[password]@') : text
}

/** Replaces what stands after the words password and PIN by `[password]`. */
export function maskPasswords(text: string): string {
  if (!SAYS_PASSWORD.test(text)) return text
  return text
    .replace(PIN, '$1[password]')
    .replace(IN_TEXT, maskUnlessMark)
    .replace(RIGHT_BEHIND, maskUnlessMark)
}

function maskUnlessMark(found: string, said: string, value: string): string {
  return value.startsWith('[') ? found : `${said}[password]`
}
