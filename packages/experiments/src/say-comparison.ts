import { type Comparison, LEAST_ACTIVE, LEAST_PERSONS } from './judge-variant.ts'

interface About {
  readonly title: string
  readonly control: string
  /** Of a guardrail. */
  readonly margin: number | undefined
}

/** What may be said of a variant, at whatever moment it is asked. */
export function sayComparison(comparison: Comparison, { title, control, margin = 0 }: About): string {
  const { variant, verdict } = comparison
  const range = rangeOf(comparison)
  switch (verdict) {
    case 'too_early':
      return `Too early to say anything of ${title}: each variant needs ${LEAST_PERSONS} persons, of whom ${LEAST_ACTIVE} did it.`
    case 'better':
    case 'worse':
      return `${variant} is ${verdict} than ${control}: ${title} ${range}.`
    case 'broken':
      return `${variant} breaks the guardrail: ${title} ${range} against ${control}, ${marginWords(margin)}.`
    case 'held':
      return `${variant} holds the guardrail: ${title} ${range} against ${control}, not ${marginWords(margin)}.`
    case 'not_shown':
      return `Nothing is shown between ${variant} and ${control}: ${title} ${range}. ${toComeWords(comparison)}`
  }
}

/** A ratio as a change in per cent, with its sign and no more digits than it is worth: 0.0451 is +4.5 %. */
export function percent(ratio: number): string {
  const digits = Math.abs(ratio) < 0.001 ? 2 : 1
  const text = (100 * ratio).toFixed(digits)
  return `${ratio > 0 ? '+' : ''}${text} %`
}

function rangeOf({ uplift, sequential }: Comparison): string {
  if (uplift)
    return `${percent(uplift.estimate)} (between ${percent(uplift.low)} and ${percent(uplift.high)})`
  const [difference, low, high] = [sequential.difference, sequential.low, sequential.high].map((value) =>
    value.toPrecision(3),
  )
  return `${difference} more a person (between ${low} and ${high})`
}

function marginWords(margin: number): string {
  return margin === 0 ? 'worse' : `worse by more than ${Number((100 * margin).toFixed(1))} %`
}

function toComeWords({ power: { detect, personsToCome } }: Comparison): string {
  const change = `A change of ${Number((100 * detect).toFixed(1))} %`
  if (personsToCome === undefined) return `${change} cannot be reckoned with yet.`
  if (personsToCome === 0) return `${change} would be shown by now in 80 of 100 cases.`
  return `${change} would be shown after some ${personsToCome.toLocaleString('en')} more persons.`
}
