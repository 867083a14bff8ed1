import type { IncomingHttpHeaders } from 'node:http'
import type { StampedEvent } from '@millrace/contracts/stamped-event'

export type Consent = StampedEvent['consent']

/** What a browser says for its person on every site: Global Privacy Control, or Do Not Track where that is honoured. */
export type BrowserSignal = 'gpc' | 'dnt'

/** Who said no: the browser's signal, or the person's choice on the site. */
export type DenialReason = BrowserSignal | 'consent'

export const DENIAL_REASONS: readonly DenialReason[] = ['gpc', 'dnt', 'consent']

/** A choice by category, as in Segment's `context.consent.categoryPreferences`; true means granted. */
export type ConsentPreferences = Readonly<Record<string, unknown>>

/** In lower case: the category that counts in any case, also beside others that are configured. */
export const DEFAULT_CATEGORIES: ReadonlySet<string> = new Set(['analytics'])

/** GPC goes before DNT: it is the newer one, and the law of some places knows it. */
export function browserSignal(headers: IncomingHttpHeaders, honourDnt: boolean): BrowserSignal | undefined {
  if (headers['sec-gpc'] === '1') return 'gpc'
  return honourDnt && headers.dnt === '1' ? 'dnt' : undefined
}

/**
 * What the person allowed. The browser's signal goes before what the site asked; of several categories that stand for
 * analytics one denial is enough; a choice that cannot be read is never a yes.
 */
export function consentOf(
  signal: BrowserSignal | undefined,
  preferences: ConsentPreferences | undefined,
  categories: ReadonlySet<string>,
): Consent {
  if (signal !== undefined) return 'denied'
  let consent: Consent = 'unknown'
  for (const category in preferences) {
    if (!categories.has(category.toLowerCase())) continue
    if (preferences[category] !== true) return 'denied'
    consent = 'granted'
  }
  return consent
}

/** As `consentOf`, for an event that did not pass its contract: who answered in a form that cannot be read did not say yes. */
export function consentOfRaw(
  signal: BrowserSignal | undefined,
  raw: unknown,
  categories: ReadonlySet<string>,
): Consent {
  const answer = valueAt(valueAt(raw, 'context'), 'consent')
  if (answer === undefined) return consentOf(signal, undefined, categories)
  const preferences = isObject(answer) ? valueAt(answer, 'categoryPreferences') : answer
  if (preferences !== undefined && !isObject(preferences)) return 'denied'
  return consentOf(signal, preferences, categories)
}

function valueAt(value: unknown, key: string): unknown {
  return isObject(value) ? (value[key] ?? undefined) : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
