import type { ExperimentReport, MetricReport } from '@millrace/experiments/judge-experiment'
import { percent } from '@millrace/experiments/say-comparison'
import { printTable } from '../print-table.ts'
import { intervalBar } from './interval-bar.ts'

/** A report for people: what is wrong first, then who takes part, then what may be said of each metric. */
export function printReport(report: ExperimentReport, out: (line: string) => void): void {
  const { id, title, firstExposure, until, alpha, variants, metrics } = report
  out(id === title ? id : `${id}: ${title}`)
  out(firstExposure ? `from ${firstExposure} until ${until}` : 'nobody was exposed yet')
  for (const line of splitWarning(report)) out(line)
  out('')
  printTable(
    [
      ['variant', 'persons', 'share', 'expected'],
      ...variants.map(({ variant, persons, share, expectedShare }) => [
        ...[variant, persons, `${(100 * share).toFixed(2)} %`, `${(100 * expectedShare).toFixed(2)} %`],
      ]),
    ],
    out,
  )
  for (const line of excludedLines(report)) out(line)
  for (const metric of metrics) printMetric(metric, out)
  out('')
  out(
    `Intervals hold at every look, all variants together, in ${Number((100 * (1 - alpha)).toFixed(2))} of 100 experiments.`,
  )
}

function splitWarning({ sampleRatio: { verdict, pValue } }: ExperimentReport): readonly string[] {
  const p = `p = ${pValue.toPrecision(2)}`
  if (verdict === 'mismatch')
    return [
      `WRONG SPLIT: so uneven by chance once in ${once(pValue)} (${p}). Believe nothing below before the cause is found.`,
    ]
  if (verdict === 'suspect')
    return [`SUSPECT SPLIT: so uneven by chance once in ${once(pValue)} (${p}). Look for a cause.`]
  return []
}

function once(pValue: number): string {
  return pValue > 1e-9
    ? `${Math.round(1 / pValue).toLocaleString('en')} experiments`
    : 'more than a billion experiments'
}

function excludedLines({ excluded }: ExperimentReport): readonly string[] {
  const said: readonly (readonly [number, string])[] = [
    [excluded.severalVariants, 'persons saw several variants and are left out'],
    [excluded.otherVariants, 'persons saw a variant that is none of these and are left out'],
    [excluded.exposuresWithoutPerson, 'exposures named no person and are left out'],
  ]
  return said.flatMap(([count, words]) => (count > 0 ? [`${count} ${words}`] : []))
}

function printMetric(metric: MetricReport, out: (line: string) => void): void {
  const { title, guardrail, withinDays, comparisons } = metric
  const within = withinDays === undefined ? '' : `, within ${withinDays} days`
  out('')
  out(`${title}${within}${guardrail ? ' (guardrail)' : ''}`)
  const shown = comparisons.flatMap(({ verdict, uplift }) =>
    verdict !== 'too_early' && uplift ? [uplift] : [],
  )
  const reach = Math.max(0.01, ...shown.map(({ low, high }) => Math.min(1, Math.max(-low, high))))
  const bars = metric.variants.map(({ variant, persons, mean }) => {
    const found = comparisons.find((comparison) => comparison.variant === variant)
    const start = [variant, persons, shownMean(metric, mean)]
    if (!found?.uplift || found.verdict === 'too_early') return start
    const { uplift, sequential, fixed } = found
    return [
      ...[...start, percent(uplift.estimate), intervalBar(uplift, reach)],
      ...[sequential.pValue.toPrecision(2), fixed.pValue.toPrecision(2)],
    ]
  })
  const head = ['variant', 'persons', 'mean']
  const scale = `±${(100 * reach).toFixed(0)} %`
  const more = shown.length > 0 ? ['uplift', scale, 'p', 'p of one look'] : []
  printTable([[...head, ...more], ...bars], out)
  for (const { sentence } of comparisons) out(sentence)
}

function shownMean({ kind }: MetricReport, mean: number): string {
  return kind === 'conversion' ? `${(100 * mean).toFixed(2)} %` : mean.toPrecision(4)
}
