import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { sharedData } from '../support/recount-answers.ts'
import { scoreBots } from './scrub-bots.ts'

const DATA = sharedData('bots/bots_open.jsonl.gz')

test.skipIf(!DATA)(
  'of labelled user agents at least .997 of the bots are found, at most .002 of the people',
  () => {
    const lines = gunzipSync(readFileSync(DATA as string))
      .toString()
      .trim()
      .split('\n')
    const { millrace, isbot } = scoreBots(lines)
    expect(millrace.recall).toBeGreaterThanOrEqual(0.997)
    expect(millrace.falsePositives).toBeLessThanOrEqual(0.002)
    expect(millrace.recall).toBeGreaterThan(isbot.recall)
  },
)
