import { type PolicyField, policyFields, sharedFields } from '@millrace/contracts/policy-fields'
import type { PrivacyPolicy, Rule } from '@millrace/contracts/privacy-policy'
import { findRule, type RuledEvent, rulesFor } from './find-rule.ts'
import type { Pseudonyms } from './pseudonym.ts'
import { createTreatments, keep, type Treat, type Treatments } from './treatments.ts'

/** A field of an event's properties, and what becomes of it. */
export interface FieldStep {
  /** Inside the properties, as `lines`, `*`, `name`. */
  readonly path: readonly string[]
  /** As findings name it. */
  readonly field: string
  readonly treat: Treat
}

/** The fields below one place of a custom or refused event of which a rule speaks. */
export interface RuleNode {
  readonly treat: Treat | undefined
  readonly children: ReadonlyMap<string, RuleNode>
}

/** A text of the context: its name in its part, and the path by which findings name it. */
export interface ContextText {
  readonly name: string
  readonly field: string
  readonly treat: Treat
}

/** What becomes of the context, in the order in which it is walked. */
export interface ContextPlan {
  readonly page: readonly ContextText[]
  readonly campaign: readonly ContextText[]
  readonly library: readonly ContextText[]
  readonly locale: Treat
  readonly timezone: Treat
  readonly ip: Treat
}

/** What becomes of what every event has. */
export interface SharedPlan {
  readonly messageId: Treat
  readonly sessionId: Treat
  readonly context: ContextPlan
}

/** A policy compiled for one source and event. */
export interface EventPlan extends SharedPlan {
  /** Of an event of the catalogue. */
  readonly steps: readonly FieldStep[]
  /** Of a custom or refused event, from the event down; undefined where no rule speaks of one. */
  readonly rules: RuleNode | undefined
}

export interface PlansDeps {
  readonly policy: PrivacyPolicy
  readonly pseudonym: Pseudonyms
  /** See createTreatments. */
  readonly again: boolean
}

export type PlanFor = (source: string, event: RuledEvent) => EventPlan

/** Compiles the policy for each source and event when they come first; custom events without rules of their own share one. */
export function createPolicyPlans({ policy, pseudonym, again }: PlansDeps): PlanFor {
  const treatments = createTreatments(pseudonym, again)
  const named = new Set(policy.rules.map(({ event }) => event))
  const bySource = new Map<string, Map<string, EventPlan>>()

  return function planFor(source, event) {
    const plans = bySource.get(source) ?? new Map<string, EventPlan>()
    bySource.set(source, plans)
    const key = event.custom ? customKey(event.name) : event.name
    const known = plans.get(key)
    if (known !== undefined) return known
    const plan = compile(rulesFor(policy, source, event), event, treatments)
    plans.set(key, plan)
    return plan
  }

  // Names of custom events are anyone's: only those of a rule get a plan of their own.
  function customKey(name: string): string {
    const key = `custom:${name}`
    return named.has(key) ? key : 'custom:*'
  }
}

function compile(rules: readonly Rule[], event: RuledEvent, treatments: Treatments): EventPlan {
  const treat = (field: PolicyField): Treat => {
    const rule = findRule(rules, event, field.field)
    return rule ? treatments.byRule(rule, field.mark) : treatments.byMark(field.mark)
  }
  const shared = new Map(sharedFields.map((field) => [field.field, treat(field)]))
  const own = event.custom ? [] : (policyFields(event.name) ?? []).filter(({ field }) => !shared.has(field))
  return {
    ...sharedPlan(shared),
    steps: own.map((field) => ({
      path: field.field.split('.').slice(1),
      field: field.field,
      treat: treat(field),
    })),
    rules: ruleTree(rules, event, treatments),
  }
}

function sharedPlan(shared: ReadonlyMap<string, Treat>): SharedPlan {
  const one = (field: string): Treat => shared.get(field) ?? keep
  const part = (prefix: string): readonly ContextText[] =>
    [...shared].flatMap(([field, treat]) =>
      field.startsWith(prefix) ? [{ name: field.slice(prefix.length), field, treat }] : [],
    )
  return {
    messageId: one('messageId'),
    sessionId: one('sessionId'),
    context: {
      page: part('context.page.'),
      campaign: part('context.campaign.'),
      library: part('context.library.'),
      locale: one('context.locale'),
      timezone: one('context.timezone'),
      ip: one('context.ip'),
    },
  }
}

interface GrowingNode {
  treat: Treat | undefined
  readonly children: Map<string, GrowingNode>
}

function ruleTree(rules: readonly Rule[], event: RuledEvent, treatments: Treatments): RuleNode | undefined {
  const declared = (event.custom ? undefined : policyFields(event.name)) ?? sharedFields
  const top: GrowingNode = { treat: undefined, children: new Map() }
  for (const rule of rules) {
    let node = top
    for (const name of rule.field.split('.')) {
      const next: GrowingNode = node.children.get(name) ?? { treat: undefined, children: new Map() }
      node.children.set(name, next)
      node = next
    }
    // The first of several is the one that counts.
    const mark = declared.find(({ field }) => field === rule.field)?.mark ?? 'text'
    node.treat ??= treatments.byRule(rule, mark)
  }
  return top.children.size === 0 ? undefined : top
}
