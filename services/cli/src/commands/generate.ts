import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadKpis, loadOwnKpis } from '@millrace/kpis/load-kpis'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { GENERATED_FOLDERS, generatedFiles, ownGeneratedFiles } from '../generate/generated-files.ts'
import { type Generated, type StaleFile, staleFiles, writeStale } from '../generate/stale-files.ts'
import { ownDefinitions } from '../kpi/own-definitions.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

export function generateCommand({ env, out, exitWith }: CommandDeps): Command {
  return new Command('generate')
    .description(
      'Render SQL, alerts and their tests, dashboards, datasets, documents and runbooks from the definitions of the KPIs; those of MILLRACE_DEFINITIONS into its folder `generated`.',
    )
    .option('--check', 'write nothing; exit 1 when a file is not what would be written')
    .option('--json', 'one JSON object')
    .action(async ({ check, json }: { check?: boolean; json?: boolean }) => {
      const stale = (await Promise.all((await everything(env)).map(staleFiles))).flat()
      if (!check) await Promise.all(stale.map(writeStale))
      if (check && stale.length > 0) exitWith(1)
      if (json) {
        const paths = stale.map(shownPath)
        return out(JSON.stringify(check ? { stale: paths } : { written: paths }))
      }
      for (const file of stale) {
        if (check) out(`stale    ${shownPath(file)}: run \`npm run generate\``)
        else out(`${file.text === undefined ? 'removed' : 'written'}  ${shownPath(file)}`)
      }
      if (stale.length === 0) out('up to date')
    })
}

function shownPath({ root, path: file }: StaleFile): string {
  return root === ROOT ? file : path.join(root, file)
}

/** Millrace's own, and what is rendered from the user's folder. @throws Fault, as loadKpis does. */
async function everything(env: CommandDeps['env']): Promise<readonly Generated[]> {
  const definitions = ownDefinitions(env)
  const millrace = { root: ROOT, files: generatedFiles(await loadKpis()), folders: GENERATED_FOLDERS }
  if (definitions === undefined) return [millrace]
  // All of them together first: no name may be taken twice.
  await loadKpis(definitions)
  const files = ownGeneratedFiles(await loadOwnKpis(definitions))
  return [millrace, { root: path.resolve(definitions, 'generated'), files, folders: ['.'] }]
}
