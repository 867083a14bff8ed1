import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { createScrubber } from '@millrace/scrub/create-scrubber'
import { type LineToScrub, scrubLine } from '@millrace/scrub/scrub-lines'
import { expect, onTestFinished, test } from 'vitest'

/** Labelled texts and events, and the script that says what of them is still there. */
const DATA = fileURLToPath(new URL('../../../shared/data/pii/', import.meta.url))
const missing = existsSync(path.join(DATA, 'pii_open.jsonl.gz'))
  ? undefined
  : 'the labelled texts are not at hand'
if (missing) console.log(`skipped: ${missing}`)

interface Report {
  readonly recall_micro: number
  readonly recall: Readonly<Record<string, { readonly recall: number }>>
  readonly false_positive_rate: number
  readonly negative_records_damaged: { readonly rate: number }
  readonly shape_changed: number
  readonly missing: number
}

test.skipIf(missing)('of labelled personal data at least .985 goes, of the rest at most .005', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'scrub-score-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const report = score(folder)
  expect(report.recall_micro).toBeGreaterThanOrEqual(0.985)
  for (const [kind, { recall }] of Object.entries(report.recall))
    expect(recall, kind).toBeGreaterThanOrEqual(0.95)
  expect(report.false_positive_rate).toBeLessThanOrEqual(0.005)
  expect(report.negative_records_damaged.rate).toBeLessThanOrEqual(0.01)
  expect([report.shape_changed, report.missing]).toEqual([0, 0])
})

function score(folder: string): Report {
  const scrubber = createScrubber({ pseudonymKey: 'a key for tests' })
  const [gold, output, report] = ['gold.jsonl', 'output.jsonl', 'report.json'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string]
  const labelled = gunzipSync(readFileSync(path.join(DATA, 'pii_open.jsonl.gz'))).toString()
  const lines = labelled
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LineToScrub)
  writeFileSync(gold, labelled)
  writeFileSync(output, lines.map((line) => JSON.stringify(scrubLine(line, scrubber))).join('\n'))
  execFileSync('python3', [path.join(DATA, 'score.py'), gold, output, '--json', report], { stdio: 'ignore' })
  return JSON.parse(readFileSync(report, 'utf8')) as Report
}
