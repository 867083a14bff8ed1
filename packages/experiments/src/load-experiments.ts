import { readdir } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Fault } from '@millrace/contracts/fault'
import { defineExperiment, type Experiment } from './define-experiment.ts'

const DEFINITIONS = fileURLToPath(new URL('definitions/', import.meta.url))

/**
 * Every experiment that a file of the folder defines; none without the folder, since an experiment needs no definition.
 * @throws Fault `contract_broken` for a file without one, a wrong one, or two of the same id.
 */
export async function loadExperiments(folder = DEFINITIONS): Promise<readonly Experiment[]> {
  const files = (await listFolder(folder))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort()
  const found = (await Promise.all(files.map((file) => experimentsOf(folder, file)))).flat()
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

async function experimentsOf(folder: string, file: string): Promise<Experiment[]> {
  const module = (await import(new URL(file, pathToFileURL(`${folder}/`)).href)) as Record<string, unknown>
  const found = Object.values(module).filter(isExperiment)
  if (found.length === 0)
    throw new Fault('contract_broken', `${file} exports no experiment: use defineExperiment`)
  return found.map(defineExperiment)
}

function isExperiment(value: unknown): value is Experiment {
  return typeof value === 'object' && value !== null && 'variants' in value && 'control' in value
}
