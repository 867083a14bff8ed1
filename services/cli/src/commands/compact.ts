import { createCompactor } from '@millrace/jobs/create-compactor'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { useStores } from '../database/use-stores.ts'
import { progressLines } from '../progress-lines.ts'

export function compactCommand(deps: CommandDeps): Command {
  return new Command('compact')
    .description(
      'Bring the Parquet archive, by business date, up to what is loaded; a job does so every hour.',
    )
    .option('--json', 'one JSON object { records, events, files, missing, seconds }')
    .action(async ({ json }: { json?: boolean }) => {
      const { out, note, now, exitWith } = deps
      const startedAt = now().getTime()
      const line = progressLines(json ? () => undefined : note, now)
      const compacted = await useStores(deps, ({ archive, pool }) => {
        const compact = createCompactor({
          archive,
          pool,
          progress: ({ records, events, files }) =>
            line(`${records} records read, ${events} events added, ${files} files written`),
        })
        return compact()
      })
      const seconds = (now().getTime() - startedAt) / 1_000
      const { records, events, files, missing } = compacted
      if (missing > 0) exitWith(1)
      if (json) return out(JSON.stringify({ ...compacted, seconds }))
      out(
        `${events} events of ${records} records added to Parquet in ${seconds.toFixed(1)} s, ${files} files written`,
      )
      if (missing > 0)
        out(`${missing} records are in no object of the archive: \`millrace reconcile\` says which`)
    })
}
