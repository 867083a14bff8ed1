import { kpiSeries } from '@millrace/kpis/kpi-series'
import { loadKpis } from '@millrace/kpis/load-kpis'
import type { Pool } from 'pg'
import { expect } from 'vitest'
import { differences } from './loading.ts'
import type { recountEvents } from './recount-events.ts'

/** Every KPI by day as `date labels value` lines; money in minor units. */
export async function showKpis(pool: Pool): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {}
  for (const kpi of await loadKpis()) {
    const points = await kpiSeries(pool, kpi, { from: '2000-01-01', to: '2100-01-01' })
    all[kpi.name] = points.map(({ date, dimensions, value, valueMinor }) =>
      [date, ...Object.values(dimensions), valueMinor ?? value].join(' '),
    )
  }
  return all
}

/** Every KPI on every day, every total and every record of the log is what the recount says. */
export async function expectRecounted(
  pool: Pool,
  { kpis, outcomes }: ReturnType<typeof recountEvents>,
): Promise<void> {
  const found = await showKpis(pool)
  const isExact = (name: string): boolean => !/(_seconds|^web_vitals)$/.test(name)
  expect(sorted(found, isExact)).toEqual(sorted(kpis, isExact))
  for (const name of Object.keys(found).filter((one) => !isExact(one))) {
    expect(furtherOff(found[name] ?? [], kpis[name] ?? []), name).toEqual([])
  }
  expect(await differences(pool)).toEqual([])
  expect(await loadedOutcomes(pool)).toEqual(outcomes)
}

function sorted(kpis: Readonly<Record<string, readonly string[]>>, isWanted: (name: string) => boolean) {
  const wanted = Object.entries(kpis).filter(([name]) => isWanted(name))
  return Object.fromEntries(wanted.map(([name, lines]) => [name, [...lines].sort()]))
}

/** Of estimates: those more than 2 % off the exact ones, and those that the other side does not have. */
function furtherOff(estimated: readonly string[], exact: readonly string[]): string[] {
  const exactly = new Map(exact.map((line) => splitValue(line)))
  const missing = estimated.length === exact.length ? [] : [`${estimated.length} and ${exact.length} values`]
  const off = estimated.filter((line) => {
    const [key, value] = splitValue(line)
    const wanted = exactly.get(key) ?? Number.NaN
    return !(Math.abs(value - wanted) <= 0.02 * wanted + 1e-9)
  })
  return [...missing, ...off]
}

function splitValue(line: string): [string, number] {
  const end = line.lastIndexOf(' ')
  return [line.slice(0, end), Number(line.slice(end + 1))]
}

async function loadedOutcomes(pool: Pool): Promise<unknown> {
  const { rows } = await pool.query(
    `select sum(loaded)::int as loaded, sum(ignored)::int as ignored, sum(duplicate)::int as duplicate,
       sum(quarantined)::int as quarantined from pipeline.load_ledger`,
  )
  return rows[0]
}
