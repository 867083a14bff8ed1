import type { Window } from './windows.ts'

/** What a number is held against: a value that it must not fall below, or rise above. */
export interface Threshold {
  readonly kind: 'below' | 'above'
  /** In the KPI's unit: major units of the currency, 0 to 1 of a ratio, seconds. */
  readonly value: number
}

/**
 * `info` is looked at some day, `warning` on a working day, `error` at once, `critical` wakes somebody.
 */
export type Severity = 'info' | 'warning' | 'error' | 'critical'

/** A whole number of minutes, hours or days. */
export type Duration = `${number}${'m' | 'h' | 'd'}`

/** When people are told about a KPI. It holds only while the KPI's watermark is fresh, and for series that have a value. */
export interface Alert {
  readonly when: Threshold
  readonly severity: Severity
  /** How long it must hold before anybody is told. */
  readonly for: Duration
  /** Which of the KPI's windows is held against the threshold. */
  readonly window: Window
  /** The least denominator with which a ratio says something. */
  readonly atLeast?: number
  /** Labels and the value that they must have; all series, unless given. */
  readonly only: Readonly<Record<string, string>>
  /** One line: what is wrong. */
  readonly summary: string
  /** What it means when this is so, for the runbook. */
  readonly means: string
  /** What to look at first, a sentence a step, for the runbook; it has the queries by itself. */
  readonly lookAt: readonly string[]
}

/** An alert as it is declared: what is left out has a default. */
export interface AlertInput {
  readonly when: Threshold
  readonly severity: Severity
  /** 15m, unless given. */
  readonly for?: Duration
  /** The last 24 hours, which know no midnight; yesterday for KPIs of whole days. */
  readonly window?: Window
  readonly atLeast?: number
  readonly only?: Readonly<Record<string, string>>
  /** "Title below value", unless given. */
  readonly summary?: string
  readonly means: string
  readonly lookAt?: readonly string[]
}

/** As `BoxFillRatioBelowError`: unique among the alerts of all KPIs. */
export function alertName(kpi: { readonly name: string }, { when, severity }: Alert): string {
  return [...kpi.name.split('_'), when.kind, severity].map(capitalized).join('')
}

/** The runbook's file, as `box-fill-ratio-below-error.md`. */
export function runbookFile(kpi: { readonly name: string }, { when, severity }: Alert): string {
  return `${[...kpi.name.split('_'), when.kind, severity].join('-')}.md`
}

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}
