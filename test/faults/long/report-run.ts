import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ROOT } from '../../support/run-program.ts'
import type { PartName } from './open-stage.ts'

/** What came of one part's kills and its stop. */
export interface PartRun {
  readonly part: PartName
  readonly kills: number
  /** Of these with another part down at the same time. */
  readonly withAnother: number
  readonly stoppedSeconds: number
  readonly events: number
  readonly repeats: number
  /** The longest that an event waited for its 202, over all tries. */
  readonly longestWaitMs: number
  /** Answers other than 202, no answer among them. */
  readonly refused: number
}

const FILE = path.join(ROOT, 'docs/faults.md')
const TABLE = /<!-- runs -->[\s\S]*?<!-- \/runs -->/

/** Puts the run into the table of docs/faults.md; the other parts keep their lines. */
export async function reportRun(run: PartRun): Promise<void> {
  const text = await readFile(FILE, 'utf8')
  const [before = ''] = TABLE.exec(text) ?? []
  const lines = new Map(
    [...before.matchAll(/^\| (\S+) \|.*$/gm)].map(([line, part = '']) => [part, line] as const),
  )
  lines.set(run.part, lineOf(run))
  const head = [
    '| part | kill -9 | with another down | stopped | events | lost | double | repeats in the log | answers not 202 | longest wait |',
    '|---|---|---|---|---|---|---|---|---|---|',
  ]
  lines.delete('part')
  const table = ['<!-- runs -->', ...head, ...lines.values(), '<!-- /runs -->'].join('\n')
  await writeFile(FILE, text.replace(TABLE, table))
}

/** Lost and double are checked after each kill: a run that had any has no line. */
function lineOf(run: PartRun): string {
  const { part, kills, withAnother, stoppedSeconds, events, repeats, refused, longestWaitMs } = run
  const cells = [
    part,
    `${kills}`,
    `${withAnother}`,
    stoppedSeconds > 0 ? `${stoppedSeconds} s` : 'not',
    events.toLocaleString('en'),
    '0',
    '0',
    repeats.toLocaleString('en'),
    refused.toLocaleString('en'),
    `${(longestWaitMs / 1000).toFixed(1)} s`,
  ]
  return `| ${cells.join(' | ')} |`
}
