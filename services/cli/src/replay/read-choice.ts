import { Fault } from '@millrace/contracts/fault'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import type { ReplayChoice } from '@millrace/loader/create-replay'
import { InvalidArgumentError } from 'commander'

/** The options that say what is replayed: exactly one kind of them. */
export interface ChoiceFlags {
  readonly from?: string
  readonly to?: string
  readonly month?: string
  readonly fromHour?: string
  readonly toHour?: string
  readonly topic?: string
  readonly partition?: number
  readonly fromOffset?: number
  readonly toOffset?: number
}

/** @throws Fault `config_invalid` when it is nothing, too much, or ends before it begins. */
export function readChoice(flags: ChoiceFlags): ReplayChoice {
  const given = [monthChoice(flags), dayChoice(flags), hourChoice(flags), offsetChoice(flags)]
  const [choice, another] = given.filter((kind) => kind !== undefined)
  if (!choice || another) throw invalid(`expected ${choice ? 'only one' : 'one'} of ${KINDS}`)
  return choice
}

const KINDS =
  '--month, --from and --to, --from-hour and --to-hour, or --partition with --from-offset and --to-offset'

function monthChoice({ month }: ChoiceFlags): ReplayChoice | undefined {
  if (month === undefined) return undefined
  const end = new Date(`${month}-01T00:00:00Z`)
  end.setUTCMonth(end.getUTCMonth() + 1, 0)
  return { days: { from: `${month}-01`, to: end.toISOString().slice(0, 10) } }
}

function dayChoice({ from, to }: ChoiceFlags): ReplayChoice | undefined {
  if (from === undefined && to === undefined) return undefined
  if (from === undefined || to === undefined) throw invalid('--from and --to belong together')
  return { days: inOrder('--from', from, to) }
}

function hourChoice({ fromHour: from, toHour: to }: ChoiceFlags): ReplayChoice | undefined {
  if (from === undefined && to === undefined) return undefined
  if (from === undefined || to === undefined) throw invalid('--from-hour and --to-hour belong together')
  return { hours: inOrder('--from-hour', from, to) }
}

function offsetChoice(flags: ChoiceFlags): ReplayChoice | undefined {
  const { topic, partition, fromOffset: from, toOffset: to } = flags
  if ([topic, partition, from, to].every((value) => value === undefined)) return undefined
  if (topic !== undefined && topic !== EVENTS_TOPIC)
    throw invalid(`--topic ${topic}: only ${EVENTS_TOPIC} becomes facts`)
  if (partition === undefined || from === undefined || to === undefined)
    throw invalid('--partition, --from-offset and --to-offset belong together')
  return { partition, offsets: inOrder('--from-offset', from, to) }
}

function inOrder<T extends string | number>(name: string, from: T, to: T): { from: T; to: T } {
  if (from > to) throw invalid(`${name} ${from} comes after ${to}`)
  return { from, to }
}

function invalid(message: string): Fault {
  return new Fault('config_invalid', message)
}

/** yyyy-mm-dd */
export function day(text: string): string {
  return dated(text, /^\d{4}-\d\d-\d\d$/, '', 'Expected a day like 2011-11-01.')
}

/** yyyy-mm */
export function month(text: string): string {
  return dated(text, /^\d{4}-\d\d$/, '-01', 'Expected a month like 2011-11.')
}

/** yyyy-mm-ddThh */
export function hour(text: string): string {
  return dated(text, /^\d{4}-\d\d-\d\dT\d\d$/, ':00Z', 'Expected a UTC hour like 2026-11-21T12.')
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.')
  return Number(text)
}

function dated(text: string, shape: RegExp, rest: string, expected: string): string {
  const time = shape.test(text) ? Date.parse(text + rest) : Number.NaN
  const isThere = !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
  if (!isThere) throw new InvalidArgumentError(expected)
  return text
}
