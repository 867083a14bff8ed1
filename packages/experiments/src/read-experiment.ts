import { Fault } from '@millrace/contracts/fault'
import { defaultExperiment } from './default-experiment.ts'
import type { Experiment } from './define-experiment.ts'
import { type ExperimentReport, judgeExperiment } from './judge-experiment.ts'
import type { Queryable } from './queryable.ts'
import { readMetric } from './read-metric.ts'
import { type Look, readPeriod } from './read-period.ts'
import { type Persons, readPersons } from './read-persons.ts'

// One snapshot, or persons who come in between make the numbers differ. Postgres cannot know how many persons saw one
// variant alone, takes them for a handful and looks each fact up for each of them: 7 s instead of 13 ms with 1,900
// persons and 2,800 orders.
const LOOK = `set transaction isolation level repeatable read, read only;
  set local enable_nestloop = off;
  set local jit = off`

/**
 * A look at an experiment, defined or not: its persons with one statement and each metric with another. `tx` is a
 * transaction that has just begun, and does nothing else.
 * @throws Fault `config_invalid` when nobody defined it and nobody was shown it.
 */
export async function readExperiment(
  tx: Queryable,
  {
    id,
    experiments,
    now,
    at,
  }: Pick<Look, 'now' | 'at'> & {
    readonly id: string
    readonly experiments: readonly Experiment[]
  },
): Promise<ExperimentReport> {
  await tx.query(LOOK)
  const defined = experiments.find((experiment) => experiment.id === id)
  const period = await readPeriod(tx, { now, at, from: defined?.from, exposedTo: defined?.until })
  const persons = await readPersons(tx, id, period)
  const experiment = defined ?? undefinedExperiment(id, persons, period.to)
  const samples = []
  for (const metric of experiment.metrics) {
    samples.push({ metric, rows: await readMetric(tx, { experimentId: id, metric, period }) })
  }
  return judgeExperiment(experiment, { persons, until: period.until, samples })
}

/** A variant id may be anything that a browser sends: each would take its part of alpha. */
const MOST_VARIANTS = 10

function undefinedExperiment(id: string, { variants }: Persons, day: string): Experiment {
  const [...names] = variants.keys()
  if (names.length > 0) return defaultExperiment(id, names.slice(0, MOST_VARIANTS))
  throw new Fault(
    'config_invalid',
    `No person was shown experiment ${id} by ${day}, and no file defines it: \`millrace experiment list\` shows which there are`,
  )
}
