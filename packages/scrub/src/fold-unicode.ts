const FOLDABLE =
  /[\u00a0\u2000-\u200a\u202f\u205f\u3000\u2010-\u2015\u2212\uff01-\uff5e\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u200b-\u200d\u2060\ufeff\u00ad]/g
const NO_BREAK = /[\u200b-\u200d\u2060\ufeff\u00ad]/

/**
 * Spaces, hyphens, digits and full-width letters in their ASCII form, invisible characters removed: `１２３` and
 * `12\u200b3` are looked at as `123`.
 */
export function foldUnicode(text: string): string {
  return text.replace(FOLDABLE, asAscii)
}

function asAscii(char: string): string {
  const code = char.charCodeAt(0)
  if (NO_BREAK.test(char)) return ''
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0)
  if (code >= 0x0660 && code <= 0x0669) return String(code - 0x0660)
  if (code >= 0x06f0 && code <= 0x06f9) return String(code - 0x06f0)
  if (code >= 0x0966 && code <= 0x096f) return String(code - 0x0966)
  return (code >= 0x2010 && code <= 0x2015) || code === 0x2212 ? '-' : ' '
}
