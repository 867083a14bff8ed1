import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Fault } from '@millrace/contracts/fault'
import { isDerived, type Kpi } from './kpi.ts'

const DEFINITIONS = fileURLToPath(new URL('definitions/', import.meta.url))

/**
 * Every KPI there is: Millrace's own, then those of the user's folder. A new KPI is a new file, nothing else.
 * @param definitions MILLRACE_DEFINITIONS: the folder whose `kpis` holds a file a KPI.
 * @throws Fault `config_invalid` when there is no such folder, `contract_broken` when a definition cannot be used.
 */
export async function loadKpis(definitions?: string): Promise<readonly Kpi[]> {
  const kpis = [...(await loadKpiFolder(DEFINITIONS)), ...(await loadOwnKpis(definitions))]
  const names = kpis.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) throw new Fault('contract_broken', `Two KPIs have the name ${twice}`)
  return kpis
}

/** The KPIs of the user's folder alone; none without one. @throws Fault, as loadKpis does. */
export async function loadOwnKpis(definitions: string | undefined): Promise<readonly Kpi[]> {
  if (definitions === undefined) return []
  const folder = path.resolve(definitions, 'kpis')
  try {
    return await loadKpiFolder(folder)
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause
    throw new Fault('config_invalid', `MILLRACE_DEFINITIONS: expected a folder that holds ${folder}`, {
      cause,
    })
  }
}

/** The KPIs that the files of one folder define, in the order of their names. */
export async function loadKpiFolder(folder: string): Promise<readonly Kpi[]> {
  const files = (await readdir(folder))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort()
  return (await Promise.all(files.map((file) => kpisOf(path.join(folder, file))))).flat()
}

async function kpisOf(file: string): Promise<Kpi[]> {
  const module = await importFile(file)
  const kpis = Object.values(module).filter(isKpi)
  if (kpis.length === 0) throw new Fault('contract_broken', `${file} exports no KPI: use defineKpi`)
  return kpis
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Fault('contract_broken', `${file} cannot be loaded: ${reason}`, { cause })
  }
}

function isKpi(value: unknown): value is Kpi {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    ('measure' in value || isDerived(value as Kpi))
  )
}
