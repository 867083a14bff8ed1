import { listExperiments } from '@millrace/experiments/list-experiments'
import { loadExperiments } from '@millrace/experiments/load-experiments'
import { LOOK_BACK_DAYS } from '@millrace/experiments/read-period'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { useDatabase } from '../database/use-database.ts'
import { ownDefinitions } from '../kpi/own-definitions.ts'
import { printTable } from '../print-table.ts'

const SHOWN = 1000

export function experimentListCommand({ env, out, now }: CommandDeps): Command {
  return new Command('list')
    .description('The experiments that persons were shown in the last year, and those that a file defines.')
    .option(
      '--json',
      'one JSON array of { id, title, defined, persons, variants, firstExposure?, lastExposure? }',
    )
    .action(async ({ json }: { json?: boolean }) => {
      const defined = await loadExperiments(ownDefinitions(env))
      const seen = await useDatabase(env, (pool) =>
        listExperiments(pool, { now: now(), days: LOOK_BACK_DAYS, most: SHOWN }),
      )
      const definitions = new Map(defined.map((experiment) => [experiment.id, experiment]))
      const unseen = defined.filter(({ id }) => !seen.some((one) => one.id === id))
      const rows = [
        ...seen.map((one) => ({
          ...one,
          title: definitions.get(one.id)?.title ?? one.id,
          defined: definitions.has(one.id),
        })),
        ...unseen.map(({ id, title, variants }) => ({
          ...{ id, title, defined: true, persons: 0 },
          variants: Object.keys(variants),
        })),
      ]
      if (json) return out(JSON.stringify(rows))
      if (rows.length === 0) return out('nobody was shown an experiment in the last year')
      printTable(
        [
          ['experiment', 'persons', 'variants', ''],
          ...rows.map((row) => [
            row.id,
            row.persons,
            row.variants.join(', '),
            row.defined ? row.title : 'not defined',
          ]),
        ],
        out,
      )
    })
}
