import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { fillPart } from '../generate/fill-part.ts'
import { type GeneratedFile, generatedFiles } from '../generate/generated-files.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

export function generateCommand({ out, exitWith }: CommandDeps): Command {
  return new Command('generate')
    .description(
      'Render the SQL and the documentation of the KPIs, and of what becomes of which field, from their definitions.',
    )
    .option('--check', 'write nothing; exit 1 when a file is not what would be written')
    .option('--json', 'one JSON object')
    .action(async ({ check, json }: { check?: boolean; json?: boolean }) => {
      const stale = await staleFiles(generatedFiles(await loadKpis()))
      if (!check) await Promise.all(stale.map(writeGenerated))
      if (check && stale.length > 0) exitWith(1)
      const paths = stale.map((file) => file.path)
      if (json) return out(JSON.stringify(check ? { stale: paths } : { written: paths }))
      for (const file of paths) out(check ? `stale    ${file}: run \`npm run generate\`` : `written  ${file}`)
      if (paths.length === 0) out('up to date')
    })
}

interface StaleFile {
  readonly path: string
  /** Of the whole file, as it should be. */
  readonly text: string
}

async function staleFiles(files: readonly GeneratedFile[]): Promise<StaleFile[]> {
  const checked = await Promise.all(
    files.map(async (file) => {
      const current = await readGenerated(file)
      const text = fillPart(file, current)
      return text === current ? [] : [{ path: file.path, text }]
    }),
  )
  return checked.flat()
}

async function readGenerated(file: GeneratedFile): Promise<string | undefined> {
  try {
    return await readFile(path.join(ROOT, file.path), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function writeGenerated(file: StaleFile): Promise<void> {
  const target = path.join(ROOT, file.path)
  await mkdir(path.dirname(target), { recursive: true })
  await writeFile(target, file.text)
}
