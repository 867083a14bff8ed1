import { isIPv6 } from 'node:net'

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4 = new RegExp(
  `(?<![\\p{L}\\d_.]|[\\p{L}\\d]/)${OCTET}(?:\\.${OCTET}){3}(?![\\p{L}\\d_]|\\.\\d)`,
  'gu',
)
const IPV6 = /(?<![\p{L}\d_:.])(?:[\da-f]{1,4}|::?)[\da-f:]{2,38}(?:(?:\.\d{1,3}){3})?(?![\p{L}\d_:])/giu
const MAC = /(?<![\w:-])(?:[\da-f]{2}[:-]){5}[\da-f]{2}(?![\w:-])/gi
/** Loopback and "any": they say nothing about a person. */
const NOBODY = /^(?:127\.|0\.0\.0\.0$|255\.255\.255\.255$)/
const SAYS_VERSION = /(?:version|release|build|firmware|\bver\.?|\bv)[ :=]{0,3}$/i

/** Replaces IPv4, IPv6 (by `[ip]`) and network card addresses (`[mac]`), but for loopback. Version numbers of four parts stay. */
export function maskIps(text: string): string {
  const colons = text.indexOf(':') !== text.lastIndexOf(':')
  const masked = colons
    ? text.replace(MAC, '[mac]').replace(IPV6, (found) => (isPersonal6(found) ? '[ip]' : found))
    : text
  return masked.replace(IPV4, (found, index: number) => {
    if (NOBODY.test(found)) return found
    return SAYS_VERSION.test(masked.slice(Math.max(0, index - 14), index)) ? found : '[ip]'
  })
}

/** `::before` and `dead::beef` are code: an address has a digit and at least two groups. */
function isPersonal6(found: string): boolean {
  return /\d/.test(found) && /[\da-f]:{1,2}[\da-f]/i.test(found) && isIPv6(found)
}
