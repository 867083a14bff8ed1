/** Scores and measures the scrubber beside others: `npm run bench:scrub`. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { createScrubber } from '@millrace/scrub/create-scrubber'
import { sharedData } from '../support/recount-answers.ts'
import { describeMachine } from './process-stats.ts'
import { describeReport, type Section } from './report.ts'
import { scoreBots } from './scrub-bots.ts'
import { type LabelledRecord, makeRecords } from './scrub-heldout/make-records.ts'
import { splits } from './scrub-heldout/splits.ts'
import { hostileInputs, hostileMs } from './scrub-hostile.ts'
import { createRedactPii, references, type ScrubAny } from './scrub-peers.ts'
import { type Score, scoreRecords } from './scrub-score.ts'
import { measureEvents } from './scrub-speed.ts'
import { measureThroughput } from './scrub-throughput.ts'

const HELD_OUT_PER_KIND = 200
const { scrubUnknown, scrubText } = createScrubber({ pseudonymKey: 'a key for measuring' })
const scrubbers: Readonly<Record<'Millrace' | 'redact-pii 3.4.0', ScrubAny>> = {
  Millrace: (value) => (typeof value === 'string' ? scrubText(value) : scrubUnknown(value)),
  'redact-pii 3.4.0': createRedactPii(),
}
const machine = describeMachine()

const labelled = sharedData('pii/pii_open.jsonl.gz')
if (labelled) {
  printScores(
    'Labelled set',
    linesOf(labelled).map((line) => JSON.parse(line) as LabelledRecord),
    true,
  )
}
for (const [name, split] of Object.entries(splits))
  printScores(`Made records, ${name}`, makeRecords(split, HELD_OUT_PER_KIND), false)

const sections: Section[] = [
  { title: 'Events through scrubEvent, one core', measured: measureEvents() },
  {
    title: 'Hostile inputs (30 ms each)',
    measured: Object.entries(hostileInputs).map(([what, input]) => ({
      what,
      value: hostileMs(input, scrubbers.Millrace),
      unit: 'ms',
    })),
  },
]
const agents = sharedData('bots/bots_open.jsonl.gz')
if (agents) {
  const scores = scoreBots(linesOf(agents))
  for (const [name, { recall, falsePositives }] of Object.entries(scores))
    console.log(`Bots, ${name}: recall ${share(recall)}, false positives ${share(falsePositives)}`)
}
console.log(`\n${describeReport(machine, sections)}`)

function linesOf(file: string): string[] {
  return gunzipSync(readFileSync(file)).toString().trim().split('\n')
}

/** `known` where others were measured on the same records. */
function printScores(title: string, records: readonly LabelledRecord[], known: boolean): void {
  const inputs = records.map(({ text_or_event }) => text_or_event)
  const rates = measureThroughput(inputs, scrubbers)
  const scores = Object.entries(scrubbers).map(([name, scrub]) => {
    const outputs = new Map(records.map(({ id, text_or_event }) => [id, scrub(text_or_event)]))
    return { name, score: scoreRecords(records, outputs), perSecond: rates[name as keyof typeof rates] }
  })
  console.log(`${title}, ${records.length} records`)
  console.log(row('', 'micro', 'macro', 'lost', 'damaged', 'records/CPU-s'))
  for (const { name, score, perSecond } of scores) {
    const rate = Math.round(perSecond).toLocaleString('en-US')
    console.log(
      row(name, share(score.micro), share(score.macro), share(score.lost), share(score.damaged), rate),
    )
  }
  if (known)
    for (const { name, micro, lost, damaged, perSecond } of references)
      console.log(row(`${name} *`, share(micro), '', share(lost), share(damaged), perSecond))
  if (known) console.log('* reference: measured elsewhere, not in this run')
  if (scores[0]) printKinds(scores[0].score)
}

function printKinds({ recall }: Score): void {
  const worst = Object.entries(recall)
    .map(([kind, { found, of }]) => ({ kind, recall: found / of, of }))
    .sort((a, b) => a.recall - b.recall)
  console.log(`  by kind: ${worst.map(({ kind, recall }) => `${kind} ${share(recall)}`).join(', ')}\n`)
}

function row(name: string, ...cells: readonly string[]): string {
  return `  ${name.padEnd(28)}${cells.map((cell) => cell.padStart(14)).join('')}`
}

function share(value: number): string {
  return value.toFixed(4).replace(/^0(?=\.)/, '')
}
