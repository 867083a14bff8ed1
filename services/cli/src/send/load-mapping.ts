import { createHash } from 'node:crypto'
import { access } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Fault } from '@millrace/contracts/fault'
import type { ClientEvent, Mapping, MappingModule, RowFormat } from './mapping.ts'

export type AnyRow = Readonly<Record<string, unknown>>

export interface LoadedMapping {
  readonly mapping: Mapping<AnyRow>
  readonly format?: RowFormat
  readonly columns: readonly string[]
}

const FORMATS: readonly RowFormat[] = ['csv', 'ndjson', 'apache', 'lines']

/** @throws Fault `config_invalid` when the file is missing, does not load, or does not export a mapping. */
export async function loadMapping(file: string): Promise<LoadedMapping> {
  const module = await importFile(path.resolve(file))
  const { map, createMapping, format, columns = [] } = module
  if (format !== undefined && !FORMATS.includes(format)) {
    throw new Fault('config_invalid', `${file} exports a format that is none of ${FORMATS.join(', ')}`)
  }
  if (!Array.isArray(columns)) throw new Fault('config_invalid', `${file} exports columns that are no list`)
  const shape = { columns, ...(format === undefined ? {} : { format }) }
  if (typeof createMapping === 'function') return { ...shape, mapping: checked(createMapping(), file) }
  if (typeof map === 'function')
    return { ...shape, mapping: { map: (row, number) => asList(map(row, number)) } }
  throw new Fault('config_invalid', `${file} must export a function named map or createMapping`)
}

async function importFile(file: string): Promise<MappingModule<AnyRow>> {
  try {
    await access(file)
  } catch (cause) {
    throw new Fault('config_invalid', `There is no mapping file ${file}`, { cause })
  }
  try {
    return await import(pathToFileURL(file).href)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Fault('config_invalid', `The mapping file ${file} does not load: ${reason}`, { cause })
  }
}

function checked(mapping: Mapping<AnyRow>, file: string): Mapping<AnyRow> {
  if (typeof mapping?.map === 'function') return mapping
  throw new Fault(
    'config_invalid',
    `createMapping of ${file} must return an object with a function named map`,
  )
}

function asList(made: ClientEvent | readonly ClientEvent[] | undefined): readonly ClientEvent[] {
  if (made === undefined || made === null) return []
  return Array.isArray(made) ? made : [made as ClientEvent]
}

/** NDJSON whose lines are events already. One without a messageId gets one of its content and its place in the file. */
export const eventsAsTheyAre: LoadedMapping = {
  format: 'ndjson',
  columns: [],
  mapping: {
    map(row, number) {
      if (row.messageId !== undefined) return [row as unknown as ClientEvent]
      const digest = createHash('sha256').update(JSON.stringify(row)).digest('hex').slice(0, 32)
      return [{ ...row, messageId: `row-${number}-${digest}` } as unknown as ClientEvent]
    },
  },
}
