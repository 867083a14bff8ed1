import type { EventPeople } from './stamped-event.ts'

/** What stands where the pseudonym of an erased person stood in what others said. */
const ERASED_MARK = '[erased]'

/** Whether a person (by pseudonym) is to be forgotten in what was received then (ISO 8601 UTC, undefined when unknown). */
export type IsErased = (person: string, receivedAt: string | undefined) => boolean

/** What does not say when it was received came long ago. `at` in epoch milliseconds. */
export function wasReceivedBefore(receivedAt: string | undefined, at: number): boolean {
  return !(Date.parse(receivedAt ?? '') >= at)
}

/** What an erasure makes of a record: nothing, the end of it, or the same without the erased persons in it. */
export type Erased<T> =
  | { readonly kind: 'kept' }
  | { readonly kind: 'erased' }
  | { readonly kind: 'redacted'; readonly value: T }

/** Every uuid of a text; pseudonyms are uuids in lower case. */
export const UUIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

const KEPT = { kind: 'kept' } as const
const ERASED = { kind: 'erased' } as const

/**
 * A record of `events.v1` or `quarantine.v1` (its value, parsed) without the erased persons. An event of one of them goes
 * as a whole. What others did on their devices, or say of them, stays: without the device, `[erased]` in place of a
 * mention. Text that is no event goes when it names one.
 */
export function eraseFromEvent(value: unknown, isErased: IsErased): Erased<unknown> {
  const text = JSON.stringify(value) ?? ''
  const receivedAt = receivedAtOf(value)
  const named = new Set(text.match(UUIDS)?.filter((uuid) => isErased(uuid, receivedAt)))
  if (named.size === 0) return KEPT
  if (!isObject(value) || 'unreadable' in value || isOf(peopleOf(value), named)) return ERASED
  const rest = 'people' in value ? { ...value, people: without(value.people, named) } : without(value, named)
  return { kind: 'redacted', value: JSON.parse(redactText(JSON.stringify(rest), (uuid) => named.has(uuid))) }
}

/** The same for a record of the log as it stands there. */
export function eraseFromRecord(
  { key, value }: { readonly key?: string; readonly value: string },
  isErased: IsErased,
): Erased<string> {
  const event = parseJson(value)
  if (key !== undefined && isErased(key, receivedAtOf(event))) return ERASED
  const left = eraseFromEvent(event, isErased)
  return left.kind === 'redacted' ? { kind: 'redacted', value: JSON.stringify(left.value) } : left
}

/** A text with `[erased]` in place of some of its uuids. */
export function redactText(text: string, isErased: (uuid: string) => boolean): string {
  return text.replace(UUIDS, (uuid) => (isErased(uuid) ? ERASED_MARK : uuid))
}

function receivedAtOf(value: unknown): string | undefined {
  const receivedAt = isObject(value) ? value.receivedAt : undefined
  return typeof receivedAt === 'string' ? receivedAt : undefined
}

type Fields = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function peopleOf(value: Fields): EventPeople {
  return (isObject(value.people) ? value.people : value) as EventPeople
}

/** Whose an event is: the user's, else the visitor's; by either key. */
function isOf({ retired, ...current }: EventPeople, named: ReadonlySet<string>): boolean {
  return [current, retired ?? {}].some(({ userPerson, anonymousPerson }) =>
    named.has(String(userPerson ?? anonymousPerson)),
  )
}

function without(people: unknown, named: ReadonlySet<string>): unknown {
  if (!isObject(people)) return people
  const { anonymousPerson, previousPersons, retired, ...rest } = people
  const isNamed = (person: unknown): boolean => named.has(String(person))
  return {
    ...rest,
    ...(anonymousPerson !== undefined && !isNamed(anonymousPerson) && { anonymousPerson }),
    ...(Array.isArray(previousPersons) && !previousPersons.some(isNamed) && { previousPersons }),
    ...(retired !== undefined && { retired: without(retired, named) }),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
