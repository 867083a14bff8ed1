import { type Finding, FOUND_KINDS, MOST_FINDINGS, TREATMENTS } from '@millrace/contracts/finding'
import type { QuarantinedEvent } from '@millrace/contracts/quarantined-event'
import type { StampedEvent } from '@millrace/contracts/stamped-event'
import { isInstant } from '../is-instant.ts'
import type { BusinessDate } from '../to-facts.ts'
import type { FactRecord } from './fact-batch.ts'
import type { Inventoried } from './write-inventory.ts'

interface Stored {
  readonly loaded: readonly FactRecord[]
  /** Records of accepted events that went to quarantine, and of refused ones. */
  readonly dead: readonly { readonly value: string }[]
  readonly rejected: readonly { readonly value: string }[]
}

/** What the events carried that a batch stores, as facts or in quarantine. The canary's false data is nobody's. */
export function inventoriedOf(
  { loaded, dead, rejected }: Stored,
  businessDate: BusinessDate,
): readonly Inventoried[] {
  return [
    ...loaded.flatMap(ofLoaded),
    ...dead.flatMap(({ value }) => ofRecord(value, businessDate, acceptedEvent)),
    ...rejected.flatMap(({ value }) => ofRecord(value, businessDate, refusedEvent)),
  ]
}

function ofLoaded({ findings, facts }: FactRecord): Inventoried[] {
  if (findings === undefined || facts.event.excludedReason === 'canary') return []
  const { businessDate, source, event } = facts.event
  return [{ businessDate, source, event, findings }]
}

interface Told {
  readonly event: unknown
  readonly at: unknown
}

/** Nothing here may fail: what lies in quarantine may be anything. */
function ofRecord(
  value: string,
  businessDate: BusinessDate,
  tell: (record: Partial<StampedEvent> & Partial<QuarantinedEvent>) => Told,
): Inventoried[] {
  // Seldom, and parsed once more only where there is something to count.
  if (!value.includes('"findings":')) return []
  const record = parse(value)
  const findings = readFindings(record?.findings)
  if (!record || findings === undefined || record.canary === true) return []
  const { event, at } = tell(record)
  if (!isInstant(at) || typeof record.source !== 'string') return []
  return [
    { businessDate: businessDate(Date.parse(at)), source: record.source, event: nameOf(event), findings },
  ]
}

const acceptedEvent = ({ event, timestamp }: Partial<StampedEvent>): Told => ({ event, at: timestamp })

function refusedEvent({ event, receivedAt }: Partial<QuarantinedEvent>): Told {
  const { event: name, type } = (typeof event === 'object' && event !== null ? event : {}) as Partial<
    Record<string, unknown>
  >
  return { event: name ?? type, at: receivedAt }
}

const LONGEST_NAME = 100
const LONGEST_FIELD = 200
const KINDS: ReadonlySet<unknown> = new Set(FOUND_KINDS)
const DONE: ReadonlySet<unknown> = new Set(TREATMENTS)

function nameOf(event: unknown): string {
  return typeof event === 'string' && event !== '' ? clean(event, LONGEST_NAME) : '(unnamed)'
}

/** What a record of the log says was found, as far as it is of the form that is promised; undefined when it says nothing. */
export function readFindings(given: unknown): readonly Finding[] | undefined {
  if (!Array.isArray(given)) return undefined
  const findings = (given as unknown[]).slice(0, MOST_FINDINGS).flatMap((one): Finding[] => {
    const { field, kind, treatment } = (one ?? {}) as Partial<Finding>
    if (typeof field !== 'string' || !KINDS.has(kind) || !DONE.has(treatment)) return []
    return [{ field: clean(field, LONGEST_FIELD), kind, treatment } as Finding]
  })
  return findings.length > 0 ? findings : undefined
}

/** Postgres stores neither NUL nor half a surrogate pair. */
function clean(name: string, longest: number): string {
  return name.slice(0, longest).toWellFormed().replaceAll('\0', '')
}

function parse(value: string): (Partial<StampedEvent> & Partial<QuarantinedEvent>) | undefined {
  try {
    const record: unknown = JSON.parse(value)
    return typeof record === 'object' && record !== null ? record : undefined
  } catch {
    return undefined
  }
}
