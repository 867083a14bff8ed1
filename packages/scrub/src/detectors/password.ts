/** `scheme://user:password@host` */
const IN_URL = /([a-z][a-z0-9+.-]{1,20}:\/\/)([^\s:@/?#[\]]{0,128}):([^\s@/[][^\s@/]{0,255})@/gi
const SAYS_PASSWORD = /pass|pwd|wort|wachtw|contrase|senha|\bpin\b/i
const WORD =
  '(?:pass ?(?:word|phrase|code|wort|wd)|passwort|kennwort|wachtwoord|contraseña|mot de passe|senha|pwd)'
/** `my password is hunter2`: only what has a digit or a sign in it, so that `password is required` stays. */
const IN_TEXT = new RegExp(
  `\\b(${WORD}\\b(?: (?:is|was|ist|war|es|est|to)|["']?[:=])\\s{0,3}["'“]?)(?=[^\\s]{0,60}[\\d!$%&*+?#^~_])([^\\s"'”,;&]{3,128})`,
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
    .replace(IN_TEXT, (found, said: string, value: string) =>
      value.startsWith('[') ? found : `${said}[password]`,
    )
}
