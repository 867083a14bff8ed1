import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Fault } from '@millrace/contracts/fault'
import { defineExperiment, type Experiment } from './define-experiment.ts'

/**
 * Every experiment that a file of the user's folder defines. None without it, since an experiment needs no definition.
 * @param definitions MILLRACE_DEFINITIONS: the folder whose `experiments`, if it has one, holds a file an experiment.
 * @throws Fault `contract_broken` for a file without one, a wrong one, or two of the same id.
 */
export async function loadExperiments(definitions: string | undefined): Promise<readonly Experiment[]> {
  if (definitions === undefined) return []
  const folder = path.resolve(definitions, 'experiments')
  const files = (await listFolder(folder))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort()
  const found = (await Promise.all(files.map((file) => experimentsOf(path.join(folder, file))))).flat()
  const ids = found.map(({ id }) => id)
  const twice = ids.find((id, index) => ids.indexOf(id) < index)
  if (twice !== undefined)
    throw new Fault('contract_broken', `Two experiments in ${folder} have the id ${twice}`)
  return found
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

async function experimentsOf(file: string): Promise<Experiment[]> {
  const found = Object.values(await importFile(file)).filter(isExperiment)
  if (found.length === 0)
    throw new Fault('contract_broken', `${file} exports no experiment: use defineExperiment`)
  return found.map(defineExperiment)
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Fault('contract_broken', `${file} cannot be loaded: ${reason}`, { cause })
  }
}

function isExperiment(value: unknown): value is Experiment {
  return typeof value === 'object' && value !== null && 'variants' in value && 'control' in value
}
