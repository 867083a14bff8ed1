import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { defaultExperiment } from './default-experiment.ts'
import { defineExperiment, type Experiment } from './define-experiment.ts'
import { loadExperiments } from './load-experiments.ts'

const EXAMPLES = fileURLToPath(new URL('../../../docs/examples/definitions', import.meta.url))

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-experiments-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(path.join(folder, 'experiments'))
  for (const [name, text] of Object.entries(files))
    await writeFile(path.join(folder, 'experiments', name), text)
  return folder
}

const sound: Experiment = {
  ...{ id: 'e', title: 'E', variants: { a: 1, b: 1 }, control: 'a' },
  metrics: [{ kind: 'conversion', name: 'orders', title: 'Orders', event: 'order_completed' }],
}
const asFile = (experiment: Experiment) => `export const experiment = ${JSON.stringify(experiment)}`

test('the example of the docs is an experiment', async () => {
  const found = await loadExperiments(EXAMPLES)
  expect(found.map(({ id, metrics }) => [id, metrics.length])).toEqual([['checkout-copy', 3]])
})

test('without a folder, or without experiments in it, there are none', async () => {
  expect(await loadExperiments(undefined)).toEqual([])
  expect(await loadExperiments(path.join(EXAMPLES, 'kpis'))).toEqual([])
})

test.each([
  ['exports nothing', { 'a.ts': 'export const nothing = 1' }, /a\.ts exports no experiment/],
  ['cannot be read', { 'a.ts': 'export const = 1' }, /a\.ts cannot be loaded/],
  ['is wrong', { 'a.ts': asFile({ ...sound, control: 'c' }) }, /control c: expected one of the variants/],
  ['says what another says', { 'a.ts': asFile(sound), 'b.ts': asFile(sound) }, /Two experiments .* id e/],
])('a file that %s is told by its name', async (_, files, message) => {
  await expect(loadExperiments(await folderWith(files))).rejects.toThrow(message)
})

test.each<[string, Partial<Experiment>]>([
  ['variants: expected two at least', { variants: { a: 1 } }],
  ['variants.b: expected a share above 0', { variants: { a: 1, b: 0 } }],
  ['metrics: expected one at least', { metrics: [] }],
  ['metrics: two have the same name', { metrics: [...sound.metrics, ...sound.metrics] }],
  ['31.12.2026: expected a day as yyyy-mm-dd', { until: '31.12.2026' }],
  ['2026-02-30: expected a day as yyyy-mm-dd', { from: '2026-02-30' }],
  ['alpha: expected more than 0 and less than 0.5', { alpha: 5 }],
  ['tightestAt: expected a number of persons', { tightestAt: 0 }],
])('%s', (message, wrong) => {
  expect(() => defineExperiment({ ...sound, ...wrong })).toThrow(`Experiment e: ${message}`)
})

test.each([
  ['name: expected lower-case letters', { name: 'Orders' }],
  ['withinDays: expected whole days', { withinDays: 0.5 }],
  ['guardrail.margin: expected 0 or more', { guardrail: { margin: -1 } }],
  ['detect: expected more than 0', { detect: 0 }],
])('a metric: %s', (message, wrong) => {
  const metrics = sound.metrics.map((metric) => ({ ...metric, ...wrong }))
  expect(() => defineExperiment({ ...sound, metrics })).toThrow(message)
})

test.each([
  [['blue', 'control', 'aqua'], 'control'],
  [['b', 'a'], 'a'],
  [['on', 'Off'], 'Off'],
  [['red', 'blue'], 'blue'],
])('of %s, when nobody says, the control is %s', (variants, control) => {
  expect(defaultExperiment('e', variants).control).toBe(control)
})
