import {
  type Finding,
  FOUND_KINDS,
  type FoundKind,
  MOST_FINDINGS,
  type Treatment,
} from '@millrace/contracts/finding'

/** What was found in one event so far; nothing is made for a clean one. */
export interface Found {
  findings: Finding[] | undefined
}

const KINDS: ReadonlySet<string> = new Set(FOUND_KINDS)
/** As detectors write it, and as it stands in an encoded part of a URL. */
const MARK = /(?:\[|%5B)([a-z_]{2,20})(?:\]|%5D)/g
/** What says that a value ends early, which is no personal data. */
const CUT = 'cut'

export function noteFinding(found: Found, field: string, kind: FoundKind, treatment: Treatment): void {
  found.findings ??= []
  const known = found.findings
  if (known.length >= MOST_FINDINGS) return
  const isKnown = known.some((one) => one.field === field && one.kind === kind && one.treatment === treatment)
  if (!isKnown) known.push({ field, kind, treatment })
}

/** Notes what a detector replaced in a text that it changed. */
export function noteMarks(
  found: Found,
  field: string,
  before: string,
  after: string,
  treatment: Treatment,
): void {
  for (const kind of newMarks(before, after)) noteFinding(found, field, kind, treatment)
}

/** The kinds of the marks that stand in `after` more often than in `before`: a client may send marks too. */
export function newMarks(before: string, after: string): readonly FoundKind[] {
  if (before === after) return []
  const had = countMarks(before)
  const has = countMarks(after)
  const kinds = new Set<FoundKind>()
  for (const [mark, count] of has) {
    if (count <= (had.get(mark) ?? 0)) continue
    if (mark !== CUT) kinds.add(KINDS.has(mark) ? (mark as FoundKind) : 'other')
  }
  // Replaced inside something encoded, or cut off whole.
  if (kinds.size === 0 && !has.has(CUT)) kinds.add('other')
  return [...kinds]
}

function countMarks(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const [, mark = ''] of text.matchAll(MARK)) counts.set(mark, (counts.get(mark) ?? 0) + 1)
  return counts
}
