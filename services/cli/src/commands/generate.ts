import { fileURLToPath } from 'node:url'
import { loadKpis } from '@millrace/kpis/load-kpis'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { GENERATED_FOLDERS, generatedFiles } from '../generate/generated-files.ts'
import { staleFiles, writeStale } from '../generate/stale-files.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

export function generateCommand({ out, exitWith }: CommandDeps): Command {
  return new Command('generate')
    .description(
      'Render SQL, alerts and their tests, dashboards, datasets, documents and runbooks from the definitions of the KPIs.',
    )
    .option('--check', 'write nothing; exit 1 when a file is not what would be written')
    .option('--json', 'one JSON object')
    .action(async ({ check, json }: { check?: boolean; json?: boolean }) => {
      const files = generatedFiles(await loadKpis())
      const stale = await staleFiles({ root: ROOT, files, folders: GENERATED_FOLDERS })
      if (!check) await Promise.all(stale.map((file) => writeStale(ROOT, file)))
      if (check && stale.length > 0) exitWith(1)
      const paths = stale.map((file) => file.path)
      if (json) return out(JSON.stringify(check ? { stale: paths } : { written: paths }))
      for (const { path, text } of stale) {
        if (check) out(`stale    ${path}: run \`npm run generate\``)
        else out(`${text === undefined ? 'removed' : 'written'}  ${path}`)
      }
      if (paths.length === 0) out('up to date')
    })
}
