import { type PolicyField, policyFields, sharedFields } from '@millrace/contracts/policy-fields'
import type { PrivacyPolicy, Rule } from '@millrace/contracts/privacy-policy'
import { findRule, type RuledEvent, rulesFor } from './find-rule.ts'
import type { Pseudonyms } from './pseudonym.ts'
import { createTreatments, type Treat, type Treatments } from './treatments.ts'

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

/** What every event has, by the path of its field. */
export interface SharedPlan {
  readonly messageId: Treat
  readonly sessionId: Treat
  readonly context: Readonly<Record<string, Treat>>
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
  const shared = Object.fromEntries(sharedFields.map((field) => [field.field, treat(field)]))
  const own = event.custom ? [] : (policyFields(event.name) ?? []).filter(({ field }) => !(field in shared))
  return {
    messageId: shared.messageId as Treat,
    sessionId: shared.sessionId as Treat,
    context: shared,
    steps: own.map((field) => ({
      path: field.field.split('.').slice(1),
      field: field.field,
      treat: treat(field),
    })),
    rules: ruleTree(rules, event, treatments),
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
