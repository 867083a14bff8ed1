import { currencyExponent } from '@millrace/contracts/currencies'
import type { Kpi } from '@millrace/kpis/kpi'
import type { KpiPoint } from '@millrace/kpis/kpi-series'

/** A KPI's days as a table for people, with a head; `--json` has the values unrounded. */
export function seriesTable(kpi: Kpi, points: readonly KpiPoint[]): readonly (readonly string[])[] {
  const names = Object.keys(points[0]?.dimensions ?? {})
  const divided = points.some(({ denominator }) => denominator !== undefined)
  const head = ['date', ...names, kpi.name, ...(divided ? ['of which', 'out of'] : [])]
  const rows = points.map((point) => [
    point.date,
    ...names.map((name) => point.dimensions[name] ?? ''),
    shown(point.value, decimalsOf(kpi, point)),
    ...(divided ? [shownPart(kpi, point, point.numerator), String(point.denominator ?? '')] : []),
  ])
  return [head, ...rows]
}

function shownPart(kpi: Kpi, point: KpiPoint, part: number | undefined): string {
  if (part === undefined) return ''
  return kpi.unit === 'money' ? shown(part, decimalsOf(kpi, point)) : String(part)
}

function shown(value: number, decimals: number | undefined): string {
  return decimals === undefined ? String(value) : value.toFixed(decimals)
}

/** Undefined where the number stands as it is. */
function decimalsOf({ unit }: Kpi, { dimensions }: KpiPoint): number | undefined {
  if (unit === 'money') return currencyExponent(dimensions.currency ?? '') ?? 2
  if (unit === 'ratio') return 4
  // Percentiles are at most 2 % off: more digits would say what nobody knows.
  return unit === 'seconds' ? 1 : undefined
}
