import { z } from 'zod'

/**
 * What becomes of a field: nothing is left of it, a mark in its place, a keyed hash that still joins, a shorter value,
 * or the value as it was sent.
 */
const ACTIONS = ['drop', 'mask', 'hash', 'cut', 'keep'] as const

/**
 * To what a value is cut. `network`: an IPv4 address to its /24, an IPv6 one to its /48. `year`: a date to its year.
 * `area`: a postcode to its first part, at most three characters and never the last two. `path`: a URL to its path.
 * `origin`: a URL to its scheme and host. What has no such part becomes a mark.
 */
const CUTS = ['network', 'year', 'area', 'path', 'origin'] as const
export type Cut = (typeof CUTS)[number]

const NAME = 'expected a name of 1 to 200 characters'
const Name = z.string(NAME).min(1, NAME).max(200, NAME)

/** One rule of a policy. Its names are checked against the contracts by `checkPolicy`. */
const Rule = z
  .strictObject({
    /** The source of a write key; `*` is every source. */
    source: Name.default('*'),
    /** A name of the catalogue, `identify`, `custom:<name>`, `custom:*`, or `*` for every event. */
    event: Name.default('*'),
    /** A path as `properties.lines.*.name`, `traits.plan`, `context.page.title`; of a custom event with all below it. */
    field: Name,
    do: z.enum(ACTIONS, `expected one of ${ACTIONS.join(', ')}`),
    /** With `cut`: to what. */
    to: z.enum(CUTS, `expected one of ${CUTS.join(', ')}`).optional(),
    /** For the reader; `keep` wants one. */
    why: z.string().max(500).optional(),
  })
  .superRefine(({ do: action, to, why }, context) => {
    const problem = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (action === 'cut' && to === undefined) problem('to', `missing, cut expects one of ${CUTS.join(', ')}`)
    if (action !== 'cut' && to !== undefined) problem('to', `expected only with cut, not with ${action}`)
    if (action === 'keep' && !why?.trim())
      problem('why', 'missing, keep expects the reason why the values are harmless')
  })
export type Rule = Readonly<z.output<typeof Rule>>

const MOST_RULES = 1_000

/** A privacy policy as it stands in a file: `{ "rules": [ … ] }`. */
export const PrivacyPolicy = z.strictObject({
  rules: z.array(Rule, 'expected a list of rules').max(MOST_RULES, `expected at most ${MOST_RULES} rules`),
})
export type PrivacyPolicy = Readonly<z.output<typeof PrivacyPolicy>>

/**
 * The policy of every installation, on top of what the contracts' marks say: texts and URLs are searched, ids are hashed
 * where something is found in them. Rules of a `PRIVACY_POLICY` go before these.
 */
export const defaultPolicy: PrivacyPolicy = {
  rules: [
    {
      source: '*',
      event: '*',
      field: 'context.ip',
      do: 'cut',
      to: 'network',
      why: 'A network tells a region and a bot; a whole address tells a household.',
    },
  ],
}
