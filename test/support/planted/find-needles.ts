/** A text of some store, and where it stood. */
export interface Dumped {
  readonly place: string
  readonly text: string
}

export interface Found {
  readonly place: string
  readonly needle: string
  /** What stands around it. */
  readonly around: string
}

const SHORTEST = 8
/** Fewer figures stand in hashes and uuids by chance, in one of some thousand events. */
const RARE_DIGITS = 12

/**
 * Where any of thousands of texts stands in many: as they are, and without the signs between their figures. Each is at
 * least 8 characters long; the first 8 of all of them are looked up at each place.
 */
export function findNeedles(dumps: Iterable<Dumped>, needles: readonly string[]): readonly Found[] {
  const byStart = new Map<string, string[]>()
  for (const needle of new Set([...needles, ...needles.map(withoutSigns)])) {
    if (needle.length < SHORTEST) throw new Error(`too short to be looked for: ${needle}`)
    const start = needle.slice(0, SHORTEST)
    byStart.set(start, [...(byStart.get(start) ?? []), needle])
  }
  // Of nearly all places the first three characters say that none begins there.
  const begins = new Uint8Array(1 << 16)
  for (const start of byStart.keys()) begins[mixed(start, 0)] = 1
  const found: Found[] = []
  for (const { place, text } of dumps) {
    for (const form of new Set([text, withoutSigns(text)])) {
      for (let at = 0; at + SHORTEST <= form.length; at++) {
        if (begins[mixed(form, at)] === 0) continue
        for (const needle of byStart.get(form.slice(at, at + SHORTEST)) ?? [])
          if (form.startsWith(needle, at) && !isByChance(needle, form, at))
            found.push({ place, needle, around: form.slice(Math.max(0, at - 80), at + 80) })
      }
    }
  }
  return found
}

/** A few figures in the middle of others or of a hash. */
function isByChance(needle: string, form: string, at: number): boolean {
  if (needle.length >= RARE_DIGITS || !/^\d+$/.test(needle)) return false
  return /[\da-f]/.test((form[at - 1] ?? ' ') + (form[at + needle.length] ?? ' '))
}

function mixed(text: string, at: number): number {
  return (text.charCodeAt(at) * 961 + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2)) & 0xffff
}

function withoutSigns(text: string): string {
  return text.replaceAll(/(?<=\d)[ .()/-]+(?=\d)/g, '')
}
