import type { Archive } from '@millrace/archive/archive'
import { type Bounds, chooseObjects } from '@millrace/archive/choose-objects'
import { readRecords } from '@millrace/archive/read-records'
import { Fault } from '@millrace/contracts/fault'
import type { DayRange } from '@millrace/kpis/read-totals'
import { dayOf } from './wanted-records.ts'

/** What is to be recomputed: days, or those that some records belong to. */
export type ReplayChoice =
  | { readonly days: DayRange }
  /** UTC hours of receiving, as `2026-11-21T12`, both included. */
  | { readonly hours: Bounds }
  /** Both included. */
  | { readonly partition: number; readonly offsets: { readonly from: number; readonly to: number } }

interface DaysDeps {
  readonly archive: Archive
  readonly topic: string
  readonly businessDate: (epochMs: number) => string
}

/**
 * The business days that a choice touches. A KPI is a KPI of a day, so what was received in some hours is recomputed by
 * recomputing the days that it counts on, wholly.
 * @throws Fault `config_invalid` when the archive holds nothing of it.
 */
export async function chooseDays(deps: DaysDeps, choice: ReplayChoice): Promise<DayRange> {
  if ('days' in choice) return choice.days
  const { archive, topic, businessDate } = deps
  const isChosen = choiceOf(choice)
  const objects = await chooseObjects(
    archive,
    topic,
    'hours' in choice ? { hours: choice.hours } : { offsets: new Map([[choice.partition, choice.offsets]]) },
  )
  let days: DayRange | undefined
  for (const { key } of objects) {
    for await (const record of readRecords(archive, key)) {
      const day = !record.erased && isChosen(record) ? dayOf(record, businessDate) : undefined
      if (day === undefined) continue
      days = { from: days && days.from < day ? days.from : day, to: days && days.to > day ? days.to : day }
    }
  }
  if (!days) throw new Fault('config_invalid', 'The archive holds no events of what was asked for')
  return days
}

interface Received {
  readonly offset: number
  readonly event?: unknown
}

function choiceOf(choice: Exclude<ReplayChoice, { days: DayRange }>): (record: Received) => boolean {
  if ('hours' in choice) {
    const { from, to } = choice.hours
    return ({ event }) => {
      const { receivedAt } = Object(event) as { receivedAt?: unknown }
      const hour = String(receivedAt).slice(0, 13)
      return hour >= from && hour <= to
    }
  }
  const { from, to } = choice.offsets
  return ({ offset }) => offset >= from && offset <= to
}
