import { Fault } from '@millrace/contracts/fault'
import type { GeneratedFile } from './generated-files.ts'

/**
 * The whole text of a generated file: its content, or the file as it is with the content in its part.
 * @throws Fault `contract_broken` when the file has no such part.
 */
export function fillPart({ path, content, part }: GeneratedFile, current: string | undefined): string {
  if (part === undefined) return content
  const [begin, end] = [`<!-- generated: ${part} -->`, `<!-- end of generated: ${part} -->`]
  const from = current?.indexOf(begin) ?? -1
  const to = current?.indexOf(end) ?? -1
  if (current === undefined || from < 0 || to < from)
    throw new Fault('contract_broken', `${path} must hold the lines ${begin} and ${end}`)
  return `${current.slice(0, from + begin.length)}\n\n${content}\n\n${current.slice(to)}`
}
