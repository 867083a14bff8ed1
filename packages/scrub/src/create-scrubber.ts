import type { Finding } from '@millrace/contracts/finding'
import { isUuid } from '@millrace/contracts/is-uuid'
import type { ParsedEvent } from '@millrace/contracts/parsed-event'
import type { PrivacyPolicy } from '@millrace/contracts/privacy-policy'
import type { EventPeople, ScrubbedEvent } from '@millrace/contracts/stamped-event'
import { createPeople, type PersonIds, type PseudonymKeys } from './create-people.ts'
import type { Found } from './found.ts'
import { noteDropped } from './note-dropped.ts'
import { createPolicyPlans, type EventPlan, type PlanFor } from './policy-plans.ts'
import type { Pseudonyms } from './pseudonym.ts'
import { readUserAgent } from './read-user-agent.ts'
import { refusedEvent } from './refused-event.ts'
import { scrubContext } from './scrub-context.ts'
import { scrubProperties } from './scrub-properties.ts'
import { scrubText } from './scrub-text.ts'
import { scrubValue, type ValueScrub } from './scrub-value.ts'
import { searchText } from './treatments.ts'

export interface ScrubberDeps extends PseudonymKeys {
  /** What becomes of which field; without one, what the contracts' marks and the default policy say. */
  readonly policy?: PrivacyPolicy
}

const NO_RULES: PrivacyPolicy = { rules: [] }

/** What the request says beyond the event. With a secret key the agent and address are the sending server's, and unused. */
export interface EventRequest {
  readonly userAgent?: string | undefined
  readonly ip?: string | undefined
  readonly keyKind: 'public' | 'secret'
  /** Whose rules hold: the source of the write key. */
  readonly source: string
  /** It was scrubbed before, as a quarantined event was: what is hashed stays hashed. */
  readonly again?: boolean
}

/** What is kept of a refused event, and what it carried. */
export interface ScrubbedRefusal {
  readonly event: unknown
  readonly findings?: readonly Finding[]
}

/** Takes personal data out of what is about to be stored. Nothing here throws on data, whatever its shape. */
export interface Scrubber {
  scrubEvent(event: ParsedEvent, request: EventRequest): ScrubbedEvent
  /**
   * An event that its contract refused, whatever it is: without the ids at its top, scrubbed like a custom event, bounded
   * in size. Rules hold under the names that were sent; none keeps a value, since nothing vouches for it.
   */
  scrubRefused(raw: unknown, source: string): ScrubbedRefusal
  /** Any JSON value, in the same way; no rules. */
  scrubUnknown(value: unknown): unknown
  /** A text with personal data replaced by its kind: `[email]`, `[phone]`, `[card]`, … */
  scrubText(text: string): string
  /** The uuids by which a person is known from here on. */
  peopleOf(ids: PersonIds): EventPeople
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }
type Fields = Readonly<Record<string, unknown>>

/**
 * Three layers, one behind the other: the contracts have let through what they declare (packages/contracts), then a field
 * is treated by the policy or by its name, then detectors search what is text.
 */
export function createScrubber({ policy = NO_RULES, ...keys }: ScrubberDeps): Scrubber {
  const { peopleOf, pseudonym } = createPeople(keys)
  const first: Way = { pseudonym, planFor: createPolicyPlans({ policy, pseudonym, again: false }) }
  const keepingUuids: Pseudonyms = (kind, id) => (isUuid(id) ? id : pseudonym(kind, id))
  const again: Way = {
    pseudonym: keepingUuids,
    planFor: createPolicyPlans({ policy, pseudonym: keepingUuids, again: true }),
  }

  function scrubEvent(event: ParsedEvent, request: EventRequest): ScrubbedEvent {
    const { planFor, pseudonym } = request.again === true ? again : first
    const plan = planFor(request.source, { name: event.event, custom: event.custom })
    const found: Found = { findings: undefined }
    const browser = request.keyKind === 'public'
    const agent = readUserAgent(browser ? request.userAgent : event.context.userAgent, request.keyKind)
    const ip = browser ? request.ip : event.context.ip
    const scrubbed: Writable<ScrubbedEvent> = {
      messageId: plan.messageId(event.messageId, 'messageId', found) ?? '',
      type: event.type,
      event: event.custom ? (searchText(event.event, 'event', found) ?? '') : event.event,
      custom: event.custom,
      properties: event.custom
        ? (scrubValue(event.properties, customScrub(plan, pseudonym, found)) as Fields)
        : scrubProperties(event.properties, plan.steps, found),
      context: scrubContext(event.context, { ip, agent }, plan.context, found),
    }
    Object.assign(scrubbed, peopleOf(event))
    if (event.originalTimestamp !== undefined) scrubbed.originalTimestamp = event.originalTimestamp
    const sessionId =
      event.sessionId === undefined ? undefined : plan.sessionId(event.sessionId, 'sessionId', found)
    if (sessionId !== undefined) scrubbed.sessionId = sessionId
    if (agent.bot !== undefined) scrubbed.bot = agent.bot
    if (event.undeclared !== undefined) noteDropped(event.undeclared, event.type, found)
    if (found.findings !== undefined) scrubbed.findings = found.findings
    return scrubbed
  }

  function scrubRefused(raw: unknown, source: string): ScrubbedRefusal {
    const found: Found = { findings: undefined }
    const { rules } = first.planFor(source, refusedEvent(raw))
    const event = scrubValue(withoutIds(raw), { pseudonym, found, rules, refused: true })
    return { event, ...(found.findings && { findings: found.findings }) }
  }

  function scrubUnknown(value: unknown): unknown {
    return scrubValue(withoutIds(value), { pseudonym, found: { findings: undefined } })
  }

  return { scrubEvent, scrubRefused, scrubUnknown, scrubText, peopleOf }
}

/** How an event goes that comes for the first time, or again. */
interface Way {
  readonly pseudonym: Pseudonyms
  readonly planFor: PlanFor
}

function customScrub({ rules }: EventPlan, pseudonym: Pseudonyms, found: Found): ValueScrub {
  return { pseudonym, found, at: 'properties', rules: rules?.children.get('properties') }
}

function withoutIds(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const {
    userId: _user,
    anonymousId: _anonymous,
    previousId: _previous,
    ...rest
  } = value as Record<string, unknown>
  return rest
}
