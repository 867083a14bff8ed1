import { type Kpi, type StoredKpi, storedKpis } from './kpi.ts'

/** Stands for all values of a dimension that its definition does not declare. */
const OTHER = 'other'

interface HasDimensions {
  readonly kpi: string
  readonly dimensions: Readonly<Record<string, string>>
}

/** The KPI's own rows among the given, their undeclared values become `other`: fold before evaluating, never after. */
export function foldUndeclared<R extends HasDimensions>(kpi: Kpi, rows: readonly R[]): R[] {
  const stored = new Map(storedKpis(kpi).map((one) => [one.name, one]))
  return rows.flatMap((row) => {
    const own = stored.get(row.kpi)
    return own ? [{ ...row, dimensions: foldDimensions(own, row.dimensions) }] : []
  })
}

function foldDimensions(
  kpi: StoredKpi,
  dimensions: HasDimensions['dimensions'],
): HasDimensions['dimensions'] {
  return Object.fromEntries(
    Object.entries(dimensions).map(([label, value]) => {
      const declared = kpi.dimensions[label]?.values
      return [label, declared === undefined || declared.includes(value) ? value : OTHER]
    }),
  )
}
