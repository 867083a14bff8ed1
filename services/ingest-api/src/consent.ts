import type { StampedEvent } from '@millrace/contracts/stamped-event'

export type Consent = StampedEvent['consent']

/** Who said no: the browser's global signal, or the person's choice on the site. */
export type DenialReason = 'gpc' | 'consent'

/** A choice by category, as in Segment's `context.consent.categoryPreferences`; true means granted. */
export type ConsentPreferences = Readonly<Record<string, unknown>>

/**
 * What the person allowed. The `Sec-GPC: 1` of the request goes before what the site asked; of several analytics
 * categories one denial is enough; a choice that cannot be read is never a yes.
 */
export function consentOf(gpc: boolean, preferences: ConsentPreferences | undefined): Consent {
  if (gpc) return 'denied'
  let consent: Consent = 'unknown'
  for (const category in preferences) {
    if (category.toLowerCase() !== 'analytics') continue
    if (preferences[category] !== true) return 'denied'
    consent = 'granted'
  }
  return consent
}

/** As `consentOf`, for an event that did not pass its contract. */
export function consentOfRaw(gpc: boolean, raw: unknown): Consent {
  return consentOf(gpc, objectAt(objectAt(objectAt(raw, 'context'), 'consent'), 'categoryPreferences'))
}

function objectAt(value: unknown, key: string): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const inner = (value as Readonly<Record<string, unknown>>)[key]
  return typeof inner === 'object' && inner !== null
    ? (inner as Readonly<Record<string, unknown>>)
    : undefined
}
