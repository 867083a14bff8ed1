const LOCALE = /^[a-z]{2,3}(?:[-_][a-z]{4})?(?:[-_](?:[a-z]{2}|\d{3}))?(?![a-z\d])/i
const CACHED = 1_000

const zones = new Map<string, boolean>()

/** Language, script and region of a locale; variants and extensions, in which anything may stand, are cut off. */
export function knownLocale(locale: string): string | undefined {
  return LOCALE.exec(locale)?.[0]
}

/** A time zone that exists, else undefined. */
export function knownTimeZone(timeZone: string): string | undefined {
  let exists = zones.get(timeZone)
  if (exists === undefined) {
    exists = isTimeZone(timeZone)
    if (zones.size >= CACHED) zones.clear()
    zones.set(timeZone, exists)
  }
  return exists ? timeZone : undefined
}

/** Offsets such as `+05:30` are none: no browser says them. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Z]/i.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
