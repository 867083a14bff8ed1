import { expect, test } from 'vitest'
import { cutIp } from './cut-ip.ts'

test.each([
  ['203.0.113.77', '203.0.113.0'],
  ['::ffff:203.0.113.77', '203.0.113.0'],
  ['2001:0db8:85a3:08d3:1319:8a2e:0370:7348', '2001:db8:85a3::'],
  ['2001:DB8:85a3::1', '2001:db8:85a3::'],
  ['2001:db8::1', '2001:db8::'],
  ['2001:0:0:1::1', '2001::'],
  ['fe80::1%eth0', 'fe80::'],
  ['::1', '::'],
  ['1:2:3:4:5:6:1.2.3.4', '1:2:3::'],
])('%s becomes %s', (ip, network) => {
  expect(cutIp(ip)).toBe(network)
})

test.each([undefined, '', 'unknown', '300.1.2.3', 'jane@example.com', '1'.repeat(100)])(
  '%s is no address',
  (ip) => {
    expect(cutIp(ip)).toBeUndefined()
  },
)
