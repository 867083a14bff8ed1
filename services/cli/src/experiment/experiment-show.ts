import { isAlarming } from '@millrace/experiments/judge-experiment'
import { loadExperiments } from '@millrace/experiments/load-experiments'
import { readExperiment } from '@millrace/experiments/read-experiment'
import { inTransaction } from '@millrace/warehouse/database'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { useDatabase } from '../database/use-database.ts'
import { day } from '../kpi/day-argument.ts'
import { ownDefinitions } from '../kpi/own-definitions.ts'
import { printReport } from './print-report.ts'

interface ShowFlags {
  readonly at?: string
  readonly json?: boolean
}

export function experimentShowCommand({ env, out, exitWith, now }: CommandDeps): Command {
  return new Command('show')
    .description(
      'What may be said of an experiment; exit 1 when its split is wrong or a guardrail is broken.',
    )
    .argument('<id>', 'as in experiment_viewed')
    .option('--at <date>', 'as it was at the end of that day, yyyy-mm-dd', day)
    .option('--json', 'one JSON object')
    .action(async (id: string, { at, json }: ShowFlags) => {
      const experiments = await loadExperiments(ownDefinitions(env))
      const report = await useDatabase(env, (pool) =>
        inTransaction(pool, (tx) => readExperiment(tx, { id, experiments, now: now(), at })),
      )
      if (isAlarming(report)) exitWith(1)
      if (json) return out(JSON.stringify(report))
      printReport(report, out)
    })
}
