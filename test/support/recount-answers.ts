import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** A day of the shop's file as the recount counted it. Money in pence; people active in 1, 7 and 30 days. */
export interface RecountedDay {
  readonly orders: number
  readonly grossPence: number
  readonly refundEvents: number
  readonly refundsPence: number
  readonly signUps: number
  readonly stockAdjusted: number
  readonly badDebtAdjusted: number
  readonly dau: number
  readonly wau: number
  readonly mau: number
}

export interface RecountAnswers {
  readonly totals: Readonly<Record<Exclude<keyof RecountedDay, 'wau' | 'mau'> | 'saleLines', number>>
  readonly netPenceByCountry: Readonly<Record<string, number>>
  readonly ordersByCountry: Readonly<Record<string, number>>
  readonly days: ReadonlyMap<string, RecountedDay>
}

const ANSWERS = new URL('../data/online-retail-answers.json', import.meta.url)
export const RECOUNT_SCRIPT = fileURLToPath(new URL('./recount-online-retail.py', import.meta.url))

interface StoredAnswers extends Omit<RecountAnswers, 'days'> {
  readonly columns: readonly (keyof RecountedDay)[]
  readonly days: Readonly<Record<string, readonly number[]>>
}

/** What recount-online-retail.py printed, as it is kept in test/data. */
export async function readRecountAnswers(): Promise<RecountAnswers> {
  return toAnswers(await readFile(ANSWERS, 'utf8'))
}

export function toAnswers(json: string): RecountAnswers {
  const { columns, days, ...rest } = JSON.parse(json) as StoredAnswers
  const named = Object.entries(days).map(([day, counts]): [string, RecountedDay] => [
    day,
    Object.fromEntries(
      columns.map((column, index) => [column, counts[index] ?? 0]),
    ) as unknown as RecountedDay,
  ])
  return { ...rest, days: new Map(named) }
}

const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url))

/** A file of the data that is not part of the checkout; undefined, with a printed reason, where it is absent. */
export function sharedData(file: string): string | undefined {
  const found = `${DATA}${file}`
  if (existsSync(found)) return found
  process.stderr.write(`skipped: ../shared/data/${file} is not there\n`)
  return undefined
}
