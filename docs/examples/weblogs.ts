/**
 * An access log of Apache or nginx (combined format) as events, one a line:
 *
 *     npx millrace send apache_access.log.gz --map docs/examples/weblogs.ts
 *
 * Every address is an anonymous visitor; Millrace keeps a keyed pseudonym of it. Bots are labelled by their user agent,
 * kept and left out of KPIs. Needs a secret key: with a public one the sender's own user agent would count.
 */
import { createHash } from 'node:crypto'
import type { ApacheRow, ClientEvent, Mapping } from '@millrace/cli/send/mapping'

export const format = 'apache'

export function createMapping(): Mapping<ApacheRow> {
  const numberOf = createRepeats()
  return {
    *map(row) {
      const digest = createHash('sha256').update(row.line).digest('hex').slice(0, 32)
      yield {
        messageId: `weblog-${digest}-${numberOf(digest)}`,
        type: 'track',
        ...whatHappened(row),
        originalTimestamp: row.time,
        anonymousId: row.address,
        context: { userAgent: row.userAgent || undefined },
      }
    },
  }
}

function whatHappened({ status, target, referrer }: ApacheRow): Pick<ClientEvent, 'event' | 'properties'> {
  if (status < '400') {
    return { event: 'page_viewed', properties: { path: target, referrer: referrer || undefined } }
  }
  const severity = status < '500' ? 'warning' : 'error'
  return { event: 'error_occurred', properties: { code: `http_${status}`, severity } }
}

// Two hits in one second may be the same line: each counts, so the second one is number 2. Repeats stand close
// together, so only the last 20,000 different lines or so are remembered.
function createRepeats(): (digest: string) => number {
  let older = new Map<string, number>()
  let newer = new Map<string, number>()
  return (digest) => {
    const number = (newer.get(digest) ?? older.get(digest) ?? 0) + 1
    newer.set(digest, number)
    if (newer.size >= 10_000) {
      older = newer
      newer = new Map()
    }
    return number
  }
}
