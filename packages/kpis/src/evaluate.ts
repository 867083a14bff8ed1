import { currencyExponent } from '@millrace/contracts/currencies'
import { isDerived, type Kpi, type StoredKpi } from './kpi.ts'
import type { TotalRow } from './read-totals.ts'

/** One value of a KPI. Money is in major units; valueMinor is exact. */
export interface KpiValue {
  readonly dimensions: Readonly<Record<string, string>>
  readonly value: number
  readonly valueMinor?: number
  readonly numerator?: number
  readonly denominator?: number
}

type Totals = Pick<TotalRow, 'kpi' | 'dimensions' | 'bucket' | 'entries' | 'numerator' | 'denominator'>

/**
 * What the totals of some days (or hours) together say, a value a set of dimensions that has data. A ratio without a
 * denominator has no value. Distinct people cannot be added up over days: give one day's totals.
 */
export function evaluate(kpi: Kpi, totals: readonly Totals[]): KpiValue[] {
  return groupByDimensions(totals).flatMap(({ dimensions, rows }) => valuesOf(kpi, dimensions, rows))
}

interface Group {
  readonly dimensions: Readonly<Record<string, string>>
  readonly rows: readonly Totals[]
}

function groupByDimensions(totals: readonly Totals[]): Group[] {
  const groups = new Map<string, { dimensions: Group['dimensions']; rows: Totals[] }>()
  for (const row of totals) {
    const key = JSON.stringify(row.dimensions)
    const group = groups.get(key)
    if (group) group.rows.push(row)
    else groups.set(key, { dimensions: row.dimensions, rows: [row] })
  }
  return [...groups.values()]
}

function valuesOf(kpi: Kpi, dimensions: Group['dimensions'], rows: readonly Totals[]): KpiValue[] {
  if (isDerived(kpi)) {
    const minuend = rows.filter((row) => row.kpi === kpi.minuend.name)
    const subtrahend = rows.filter((row) => row.kpi === kpi.subtrahend.name)
    const negated = subtrahend.map((row) => ({ ...row, numerator: negative(row.numerator) }))
    return [amountValue(kpi, dimensions, [...minuend, ...negated])]
  }
  switch (kpi.measure.kind) {
    case 'count':
    case 'distinct_people':
      return [{ dimensions, value: entriesOf(rows) }]
    case 'sum':
      return [amountValue(kpi, dimensions, rows)]
    case 'ratio':
      return ratioValue(kpi, dimensions, rows)
    case 'percentile':
      return kpi.measure.quantiles.map((quantile) => ({
        dimensions: { ...dimensions, quantile: String(quantile) },
        value: percentileOf(rows, quantile),
      }))
    case 'last':
      return ratioValue(kpi, dimensions, latest(rows)).map(({ value }) => ({ dimensions, value }))
  }
}

function amountValue(kpi: Kpi, dimensions: Group['dimensions'], rows: readonly Totals[]): KpiValue {
  if (kpi.unit !== 'money') return { dimensions, value: sumOf(rows, 'numerator') }
  const minor = minorSumOf(rows)
  return { dimensions, value: major(minor, dimensions), valueMinor: Number(minor) }
}

function ratioValue(kpi: StoredKpi, dimensions: Group['dimensions'], rows: readonly Totals[]): KpiValue[] {
  const denominator = sumOf(rows, 'denominator')
  if (denominator === 0) return []
  const numerator = kpi.unit === 'money' ? major(minorSumOf(rows), dimensions) : sumOf(rows, 'numerator')
  return [{ dimensions, value: numerator / denominator, numerator, denominator }]
}

/** Totals of the latest second that has any. */
function latest(rows: readonly Totals[]): readonly Totals[] {
  const known = rows.filter(({ denominator }) => Number(denominator) !== 0)
  const last = known.reduce((bucket, row) => Math.max(bucket, row.bucket), Number.NEGATIVE_INFINITY)
  return known.filter(({ bucket }) => bucket === last)
}

function entriesOf(rows: readonly Totals[]): number {
  return rows.reduce((sum, row) => sum + row.entries, 0)
}

/** Of a column that may have decimals. */
function sumOf(rows: readonly Totals[], column: 'numerator' | 'denominator'): number {
  return rows.reduce((sum, row) => sum + Number(row[column]), 0)
}

/** Money is whole in minor units and adds up exactly. */
function minorSumOf(rows: readonly Totals[]): bigint {
  return rows.reduce((sum, row) => sum + BigInt(row.numerator), 0n)
}

function negative(amount: string): string {
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`
}

/** Through decimal digits, because 1299 / 100 in binary fractions is not always the number that 12.99 is read as. */
function major(minor: bigint, dimensions: Group['dimensions']): number {
  const exponent = currencyExponent(dimensions.currency ?? '') ?? 0
  return Number(`${minor}e-${exponent}`)
}

/** The middle of the bucket that holds the value of this rank (DDSketch, at most 2 % off). */
function percentileOf(rows: readonly Totals[], quantile: number): number {
  const buckets = new Map<number, number>()
  for (const row of rows) buckets.set(row.bucket, (buckets.get(row.bucket) ?? 0) + row.entries)
  const rank = Math.ceil(quantile * entriesOf(rows))
  let reached = 0
  for (const [bucket, entries] of [...buckets].sort(([a], [b]) => a - b)) {
    reached += entries
    if (reached >= rank) return bucketValue(bucket)
  }
  return Number.NaN
}

const GAMMA = 1.02 / 0.98
const ZERO_BUCKET = -2147483648

function bucketValue(bucket: number): number {
  return bucket === ZERO_BUCKET ? 0 : (2 * GAMMA ** bucket) / (GAMMA + 1)
}
