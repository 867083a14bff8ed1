import { Presets, SingleBar } from 'cli-progress'
import type { SendProgress } from './send-file.ts'

type State = Parameters<SendProgress['update']>[0]

/** A bar on a terminal. */
export function createBar(stream: NodeJS.WritableStream): SendProgress {
  const bar = new SingleBar(
    {
      stream,
      hideCursor: true,
      etaBuffer: 50,
      format: '{bar} {percentage} %  {accepted} accepted, {rejected} rejected  {note}',
    },
    Presets.shades_classic,
  )
  let note = ''
  bar.start(1000, 0, { accepted: 0, rejected: 0, note })
  return {
    update(state) {
      note = ''
      bar.update(Math.round(Math.min(state.done, 1) * 1000), { ...state, note })
    },
    waiting(reason, delayMs) {
      note = waitingText(reason, delayMs)
      bar.update({ note })
    },
    stop: () => bar.stop(),
  }
}

const EVERY_MS = 3_000

/** A line every few seconds, where there is no terminal. */
export function createLines(note: (line: string) => void, now: () => Date): SendProgress {
  let shownAt = now().getTime()
  const isDue = (): boolean => {
    const at = now().getTime()
    if (at - shownAt < EVERY_MS) return false
    shownAt = at
    return true
  }
  let waiting = false
  return {
    update(state) {
      const due = isDue()
      if (due || waiting) note(stateText(state))
      waiting = false
    },
    waiting(reason, delayMs) {
      const due = isDue()
      if (due || !waiting) note(waitingText(reason, delayMs))
      waiting = true
    },
    stop: () => undefined,
  }
}

function stateText({ done, rows, accepted, rejected }: State): string {
  const percent = Math.round(Math.min(done, 1) * 100)
  return `${percent} %: ${rows} rows read, ${accepted} events accepted, ${rejected} rejected`
}

function waitingText(reason: string, delayMs: number): string {
  return `${reason}: trying again in ${(delayMs / 1000).toFixed(1)} s`
}
