import type { LabelledRecord } from './scrub-heldout/make-records.ts'

export interface Score {
  /** By kind of personal data: how much of it is gone. */
  readonly recall: Readonly<Record<string, { readonly found: number; readonly of: number }>>
  readonly micro: number
  readonly macro: number
  /** Of the values to keep, the share that is lost. */
  readonly lost: number
  /** Of the look-alike records, the share of which anything is lost. */
  readonly damaged: number
  readonly leaks: readonly { readonly id: string; readonly type: string; readonly value: string }[]
  readonly losses: readonly { readonly id: string; readonly category: string; readonly value: string }[]
}

const NUMBERS = new Set(['phone', 'phone_national', 'credit_card', 'iban', 'ssn', 'national_id'])
const SECRETS = new Set(['jwt', 'api_key', 'bearer_token', 'password'])

/**
 * What of the labelled values can still be read from the outputs, by the rules of the labelled set's own script: numbers
 * also without their separators, addresses also by their local part, secrets also by half, names by one word.
 */
export function scoreRecords(
  records: readonly LabelledRecord[],
  outputs: ReadonlyMap<string, unknown>,
): Score {
  const recall: Record<string, { found: number; of: number }> = {}
  const leaks: Score['leaks'][number][] = []
  const losses: Score['losses'][number][] = []
  let kept = 0
  const damaged = new Set<string>()
  for (const { id, kind, category, pii, must_keep, text_or_event } of records) {
    const output = outputs.get(id)
    const strings = typeof output === typeof text_or_event ? stringsOf(output) : []
    for (const { type, value } of pii) {
      const leaked = isLeaked(type, value, strings)
      const { found, of } = recall[type] ?? { found: 0, of: 0 }
      recall[type] = { found: found + (leaked ? 0 : 1), of: of + 1 }
      if (leaked) leaks.push({ id, type, value })
    }
    kept += must_keep.length
    for (const value of must_keep.filter((keep) => !strings.some((string) => string.includes(keep)))) {
      losses.push({ id, category, value })
      if (kind === 'negative') damaged.add(id)
    }
  }
  const tallies = Object.values(recall)
  const share = ({ found, of }: { found: number; of: number }) => found / of
  const negatives = records.filter(({ kind }) => kind === 'negative').length
  return {
    recall,
    micro: share({ found: total(tallies, 'found'), of: total(tallies, 'of') }),
    macro: tallies.reduce((sum, tally) => sum + share(tally), 0) / tallies.length,
    lost: losses.length / Math.max(1, kept),
    damaged: damaged.size / Math.max(1, negatives),
    leaks,
    losses,
  }
}

function total(tallies: readonly { found: number; of: number }[], what: 'found' | 'of'): number {
  return tallies.reduce((sum, tally) => sum + tally[what], 0)
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : []
}

function isLeaked(type: string, value: string, strings: readonly string[]): boolean {
  const hay = strings.flatMap((string) => [string, decoded(string), decoded(string.replaceAll('+', ' '))])
  return [value, decoded(value)].some(
    (each) => hay.some((string) => string.includes(each)) || isTraceable(type, each, hay),
  )
}

function isTraceable(type: string, value: string, hay: readonly string[]): boolean {
  const holds = (part: string) => hay.some((string) => string.includes(part))
  if (NUMBERS.has(type)) {
    const bare = squeezed(value).replaceAll('tel:', '')
    return bare !== '' && hay.some((string) => squeezed(string).includes(bare))
  }
  if (type.startsWith('email')) return holds(`${value.slice(0, value.lastIndexOf('@'))}@`)
  if (SECRETS.has(type) && value.length >= 24) {
    const half = Math.floor(value.length / 2)
    return holds(value.slice(0, half)) || holds(value.slice(-half))
  }
  if (type !== 'person_name' && type !== 'street_address') return false
  const there = new Set(hay.flatMap((string) => words(string.toLowerCase())))
  const own = words(value.toLowerCase())
  if (type === 'person_name') return own.some((word) => word.length >= 3 && there.has(word))
  if (own.filter((word) => there.has(word)).length > own.length / 2) return true
  const lead = new RegExp(
    words(value)
      .slice(0, 3)
      .map((word) => word.replace(/[^\p{L}\p{N}]/gu, '\\$&'))
      .join('[^\\p{L}\\p{N}_]+'),
    'u',
  )
  return hay.some((string) => lead.test(string))
}

function words(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? []
}

function squeezed(text: string): string {
  return text.replace(/[\s.\-()/+\u00a0\u2010-\u2015]/g, '')
}

/** Percent signs that encode nothing stay, as in Python's unquote. */
function decoded(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  )
}
