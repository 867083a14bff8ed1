import { isIP } from 'node:net'

/** An IPv4 address cut to its /24, an IPv6 address to its /48; undefined for what is neither. */
export function cutIp(ip: string | undefined): string | undefined {
  if (ip === undefined || ip.length > 60) return undefined
  const address = ip
    .trim()
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.)/i, '')
  const version = isIP(address)
  if (version === 4) return `${address.slice(0, address.lastIndexOf('.'))}.0`
  return version === 6 ? cutIpv6(address) : undefined
}

function cutIpv6(address: string): string {
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  // A dotted end (`::1.2.3.4`) stands for two groups.
  const given = before.length + after.length + (address.includes('.') ? 1 : 0)
  const groups = tail === undefined ? before : [...before, ...Array<string>(8 - given).fill('0'), ...after]
  const [first, second, third] = groups.map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
  if (third !== '0') return `${first}:${second}:${third}::`
  return second === '0' ? (first === '0' ? '::' : `${first}::`) : `${first}:${second}::`
}
