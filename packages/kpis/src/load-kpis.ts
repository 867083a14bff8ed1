import { readdir } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Fault } from '@millrace/contracts/fault'
import { isDerived, type Kpi } from './kpi.ts'

const DEFINITIONS = fileURLToPath(new URL('definitions/', import.meta.url))

/** Every KPI there is a definition of, in the order of their file names. A new KPI is a new file, nothing else. */
export async function loadKpis(folder = DEFINITIONS): Promise<readonly Kpi[]> {
  const files = (await readdir(folder))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort()
  const kpis = (await Promise.all(files.map((file) => kpisOf(folder, file)))).flat()
  const byName = new Map(kpis.map((kpi) => [kpi.name, kpi]))
  if (byName.size < kpis.length)
    throw new Fault('contract_broken', `Two KPIs in ${folder} have the same name`)
  return kpis
}

async function kpisOf(folder: string, file: string): Promise<Kpi[]> {
  const module = (await import(new URL(file, pathToFileURL(`${folder}/`)).href)) as Record<string, unknown>
  const kpis = Object.values(module).filter(isKpi)
  if (kpis.length === 0) throw new Fault('contract_broken', `${file} exports no KPI: use defineKpi`)
  return kpis
}

function isKpi(value: unknown): value is Kpi {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    ('measure' in value || isDerived(value as Kpi))
  )
}
