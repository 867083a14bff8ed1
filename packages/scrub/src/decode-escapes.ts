/** As HTML, once or again (`&amp;#64;`), and as a text of a program that was quoted, once or again. */
const ESCAPE =
  /&(?:amp;){0,3}(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));|\\{1,8}(?:u([\da-f]{4})|u\{([\da-f]{1,6})\}|x([\da-f]{2}))/gi
const NAMED: Readonly<Record<string, string>> = {
  ...{
    commat: '@',
    period: '.',
    plus: '+',
    colon: ':',
    sol: '/',
    equals: '=',
    num: '#',
    lpar: '(',
    rpar: ')',
  },
  ...{ hyphen: '-', dash: '-', ndash: '-', mdash: '-', minus: '-', lowbar: '_', comma: ',' },
  ...{ nbsp: ' ', ensp: ' ', emsp: ' ', thinsp: ' ', shy: '', zwj: '', zwnj: '' },
  ...{ amp: '&', quot: '"', apos: "'", lt: '<', gt: '>' },
}
const LAST_CODE_POINT = 0x10_ffff

/** `jane&#64;example.com` and `jane\u0040example.com` are looked at as `jane@example.com`. */
export function decodeEscapes(text: string): string {
  return text.replace(ESCAPE, (found, decimal, hex, name, unit, braced, byte) => {
    if (name !== undefined) return NAMED[(name as string).toLowerCase()] ?? found
    const code = decimal ? Number(decimal) : Number.parseInt(hex ?? unit ?? braced ?? byte, 16)
    return code <= LAST_CODE_POINT ? String.fromCodePoint(code) : found
  })
}
