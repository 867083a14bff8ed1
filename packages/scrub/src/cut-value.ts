import type { Cut } from '@millrace/contracts/privacy-policy'
import { cutIp } from './cut-ip.ts'

/** The part of a value that a policy leaves; undefined where the value has none. */
export function cutValue(to: Cut, value: string): string | undefined {
  switch (to) {
    case 'network':
      return cutIp(value)
    case 'year':
      return cutToYear(value)
    case 'area':
      return cutToArea(value)
    case 'path':
      return cutToPath(value)
    case 'origin':
      return cutToOrigin(value)
  }
}

const LONGEST_DATE = 40
const YEAR = /(?<!\d)(?:1[89]|20|21)\d\d(?!\d)/g

/** Of a date in any order with four figures for its year; several years are no date. */
function cutToYear(value: string): string | undefined {
  if (value.length > LONGEST_DATE) return undefined
  const years = new Set(value.match(YEAR))
  const [year] = years
  return years.size === 1 ? year : undefined
}

const POSTCODE = /^[A-Z\d]{1,8}(?:[ -][A-Z\d]{1,5})?$/
const MOST_OF_AREA = 3
const REST_OF_AREA = 2

/** `SW1A 1AA` to `SW1`, `90210` to `902`, `1010` to `10`: at most three characters, never the last two of the code. */
function cutToArea(value: string): string | undefined {
  const postcode = value.trim().toUpperCase()
  if (!POSTCODE.test(postcode) || !/\d/.test(postcode)) return undefined
  const [first = ''] = postcode.split(/[ -]/)
  const length = Math.min(first.length, MOST_OF_AREA, postcode.length - REST_OF_AREA)
  return length > 0 ? first.slice(0, length) : undefined
}

const URL_PARTS = /^(?:([a-z][a-z\d+.-]{0,20}):)?(?:\/\/([^/?#\\]*))?([^?#]*)/i
const HOST = /^(?:[^@]*@)?(\[[\da-f:.]+\]|[a-z\d.-]{1,253})(:\d{1,5})?$/i

/** Without host, query and fragment; whether there is something personal in the path is for the detectors to say. */
function cutToPath(value: string): string | undefined {
  const [, scheme, host, path = ''] = URL_PARTS.exec(value) ?? []
  if (scheme !== undefined && host === undefined) return undefined
  return path === '' ? '/' : path
}

function cutToOrigin(value: string): string | undefined {
  const [, scheme, host] = URL_PARTS.exec(value) ?? []
  const [, name, port = ''] = HOST.exec(host ?? '') ?? []
  return scheme === undefined || name === undefined ? undefined : `${scheme}://${name}${port}`.toLowerCase()
}
