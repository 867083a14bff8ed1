import { isIPv6 } from 'node:net'
import { caseless } from './caseless.ts'

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|0?[1-9]?\\d|00\\d)'
const IPV4 = new RegExp(
  `(?<![\\p{L}\\d_.]|[\\p{L}\\d]/)${OCTET}(?:(?:\\.|\\[\\.\\])${OCTET}){3}(?![\\p{L}\\d_]|\\.\\d)`,
  'gu',
)
/** A colon before it is that of a word (`ip:2001:db8::1`), one behind it ends what was said. */
const IPV6 = caseless(
  /(?<![\p{L}\d_.])(?<!(?<![a-z]{3}):)(?:[\da-f]{1,4}|::?)[\da-f:]{2,38}(?:(?:\.\d{1,3}){3})?(?![\p{L}\d_])/u
    .source,
  'g',
)
const MAC = /(?<![\w:-])(?:[\da-f]{2}[:-]){5}[\da-f]{2}(?![\w:-])/gi
/** Loopback, "any" and what is a network or a browser's version: they say nothing about a person. */
const NOBODY = /^(?:127\.|255\.255\.255\.255$|.*\.0\.0\.0$)/
const SAYS_VERSION = /(?:version|release|build|firmware|\brv|\bver\.?|\bv)[ :=]{0,3}$/i

/** Replaces IPv4, IPv6 (by `[ip]`) and network card addresses (`[mac]`), but for loopback. Version numbers of four parts stay. */
export function maskIps(text: string): string {
  const colons = text.indexOf(':') !== text.lastIndexOf(':')
  const masked = colons ? text.replace(MAC, '[mac]').replace(IPV6, maskIpv6) : text
  return masked.replace(IPV4, (found, index: number) => {
    if (NOBODY.test(found)) return found
    const isVersion =
      SAYS_VERSION.test(masked.slice(Math.max(0, index - 14), index)) ||
      masked.startsWith(' Build/', index + found.length)
    return isVersion ? found : '[ip]'
  })
}

/** The most of it that is an address; `2001:db8::: timed out` ends in a colon that is none of it. */
function maskIpv6(found: string): string {
  for (let end = found.length; end >= found.length - 2 && (end === found.length || found[end] === ':'); end--)
    if (isPersonal6(found.slice(0, end))) return `[ip]${found.slice(end)}`
  return found
}

/** `::before` and `dead::beef` are code: an address has a digit and at least two groups. */
function isPersonal6(found: string): boolean {
  return /\d/.test(found) && /[\da-f]:{1,2}[\da-f]/i.test(found) && isIPv6(found)
}
