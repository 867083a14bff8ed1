import { isUtf8 } from 'node:buffer'

/** Both alphabets; at least 18 bytes. */
const RUN = /(?<![\w+/.-])(?:[A-Za-z0-9+/]{24,8000}|[\w-]{24,8000})={0,2}(?![\w+/=.-])/g
const MARK = /\[[a-z_]{2,20}\]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: what no text has
const NOT_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/
/** A uuid or a hash: its bytes are seldom text, and never were one. */
const HEX = /^[\da-f-]*$/i

/** Replaces runs of base64 whose text holds personal data by the marks of what was found: `[email][phone]`. */
export function scrubBase64(text: string, scrub: (decoded: string) => string): string {
  return text.replace(RUN, (run) => {
    const decoded = decode(run)
    if (decoded === undefined) return run
    const clean = scrub(decoded)
    if (clean === decoded) return run
    return [...new Set(clean.match(MARK))].join('') || '[cut]'
  })
}

function decode(run: string): string | undefined {
  if (HEX.test(run)) return undefined
  const bytes = Buffer.from(run, 'base64')
  if (!isUtf8(bytes)) return undefined
  const text = bytes.toString('utf8')
  return NOT_TEXT.test(text) ? undefined : text
}
