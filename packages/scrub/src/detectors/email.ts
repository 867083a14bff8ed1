/** Where the address could stand in code or a file name: `hero@2x.png`, `react-dom@18.2.0`, `vue@next`. */
const NOT_A_HOST =
  /^(?:v?\d+(?:\.\d+){1,2}(?:-[\w.]{1,40})?|\d(?:\.\d)?x\.[a-z]{2,5}|.*\.(?:png|jpe?g|webp|svg|gif|avif|ico|css|[mc]?js|tsx?|jsx|json|html?|woff2?)|(?:latest|next|beta|alpha|canary|rc|dev|stable|nightly|lts|experimental|preview|workspace|file|link|npm|patch)(?:[-.]\d[\w.-]{0,40})?)$/i
/** `jo@localhost`, `jo@example.123`: no name of a domain, and yet somebody's address. */
const BARE_HOST = /^[a-z](?:[a-z-]{0,62}[a-z])?(?:\.[a-z-]{1,62}){0,3}(?:\.\d{1,3})?(?![\w@.:/-]*[\w@/])/i
const HOST = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,80}\.){1,8}(?:xn--[a-z0-9-]{1,59}|[\p{L}\p{M}]{2,24})/u
/** Not `android@150.0.0.0`, which is a version. */
const ADDRESS_HOST = /^(?!\d+\.0\.0)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|(?![\w.-]))){4}/
const LITERAL_HOST = /^\[(?:ipv6:)?[0-9a-f.:]{2,45}\]/i
const LOCAL_PART = /[\p{L}\p{N}\p{M}._%+\-'~!$*^{}|`]/u
const LONGEST_LOCAL_PART = 64
const LONGEST_HOST = 255

const WRITTEN_OUT =
  /(?<![\w.+-])[\w.+-]{1,64}(?: dot [\w+-]{1,64})? ?(?:[([{] ?at ?[)\]}]|(?= at [\w-]{1,63} dot ) at ) ?[\w-]{1,63}(?: ?(?:\.|[([{] ?dot ?[)\]}]| dot ) ?[\w-]{2,63}){1,3}/gi
const SPACED =
  /(?<![\w.+-])[\w+-]{0,32}[.\d][\w.+-]{0,32} ?@ ?(?:[a-z\d-]{1,63}\.){1,4}[a-z]{2,24}(?![\w.])/gi

/** Replaces addresses that were written so as not to be found: `jo (at) example (dot) com`, `jo.ex @ example.com`. */
export function maskWrittenOutEmails(text: string): string {
  const masked = /at ?[)\]}]| dot /i.test(text) ? text.replace(WRITTEN_OUT, '[email]') : text
  return masked.includes(' @') || masked.includes('@ ') ? masked.replace(SPACED, '[email]') : masked
}

/** Replaces e-mail addresses by `[email]`. The local part may be quoted, the host an address in brackets. */
export function maskEmails(text: string): string {
  let masked = ''
  let done = 0
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const host = hostAfter(text, at)
    if (host === 0) continue
    const start = localPartBefore(text, at, done)
    if (start === at || text.slice(start, at) === 'git') continue
    masked += `${text.slice(done, start)}[email]`
    done = at + 1 + host
  }
  return done === 0 ? text : masked + text.slice(done)
}

function hostAfter(text: string, at: number): number {
  const next = text.charCodeAt(at + 1)
  if (next === 64 || Number.isNaN(next) || next <= 32) return 0
  const rest = text.slice(at + 1, at + 1 + LONGEST_HOST)
  const host = (HOST.exec(rest) ??
    LITERAL_HOST.exec(rest) ??
    ADDRESS_HOST.exec(rest) ??
    BARE_HOST.exec(rest))?.[0]
  return host === undefined || NOT_A_HOST.test(host) ? 0 : host.length
}

function localPartBefore(text: string, at: number, from: number): number {
  const earliest = Math.max(from, at - LONGEST_LOCAL_PART)
  if (text[at - 1] === '"') {
    const quote = text.lastIndexOf('"', at - 2)
    return quote >= earliest ? quote : at
  }
  let start = at
  while (start > earliest && LOCAL_PART.test(text[start - 1] as string)) start--
  while (start < at && /[.'!*{|`]/.test(text[start] as string)) start++
  return start
}
