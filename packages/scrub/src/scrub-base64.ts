import { isUtf8 } from 'node:buffer'

/** What only the first alphabet has. */
const NOT_OF_URLS = /[+/]/
/** Both alphabets; at least 12 bytes. */
const RUN = /(?<![\w+/.-])(?:[A-Za-z0-9+/]{16,}|[\w-]{16,})={0,2}(?![\w+/=.-])/g
/** A part of a path or of what has dots, as tokens of one's own have: in the alphabet of URLs. */
const PART = /(?<![\w+-])[\w-]{16,}={0,2}(?![\w+=-])/g
const MARK = /\[[a-z_]{2,20}\]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: what no text has
const NOT_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/
/** A uuid or a hash: its bytes are seldom text in base64, and never were one. */
const HEX = /^[\da-f-]*$/i
const HEX_BYTES = /^(?:0x)?((?:[\da-f]{2}){8,})$/i
/** Words and ids so short may decode to any letters: only an address is looked for in them. */
const SHORT = 24

/** Replaces runs of base64 or hex whose text holds personal data by the marks of what was found: `[email][phone]`. */
export function scrubBase64(text: string, scrub: (decoded: string) => string): string {
  const replace = (run: string): string => scrubRun(run, scrub)
  const whole = NOT_OF_URLS.test(text) ? text.replace(RUN, replace) : text
  return whole.replace(PART, replace)
}

function scrubRun(run: string, scrub: (decoded: string) => string): string {
  const decoded = decode(run)
  if (decoded === undefined || (run.length < SHORT && !decoded.includes('@'))) return run
  const clean = scrub(decoded)
  if (clean === decoded) return run
  return [...new Set(clean.match(MARK))].join('') || '[cut]'
}

function decode(run: string): string | undefined {
  const hex = HEX_BYTES.exec(run)?.[1]
  if (hex === undefined && HEX.test(run)) return undefined
  const bytes = hex === undefined ? Buffer.from(run, 'base64') : Buffer.from(hex, 'hex')
  if (!isUtf8(bytes)) return undefined
  const text = bytes.toString('utf8')
  return NOT_TEXT.test(text) ? undefined : text
}
