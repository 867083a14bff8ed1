import { addToSpool } from '@millrace/archive/spool'
import { createLogger } from '@millrace/runtime/logger'
import { expect, onTestFinished, test } from 'vitest'
import { watchSpool } from './watch-spool.ts'

const START = Date.parse('2026-11-21T12:00:00.000Z')
const at = (seconds: number): Date => new Date(START + seconds * 1000)

/** A watched spool, on a clock that the test turns; looks take a second of it. */
function start() {
  let time = START
  const keys = new Set<string>()
  const archive = {
    keys,
    away: false,
    async *list() {
      if (archive.away) throw new Error('away')
      time += 1_000
      yield* [...keys].sort()
    },
    putIfAbsent: async (key: string) => {
      keys.add(key)
      return 'created' as const
    },
  }
  const lines: string[] = []
  const logger = createLogger({ service: 'test', level: 'silent' })
  for (const level of ['info', 'warn'] as const)
    logger[level] = (...given: unknown[]) => void lines.push(`${level} ${given.at(-1)}`)
  const watch = watchSpool({ archive, now: () => new Date(time), logger, everySeconds: 0.005 })
  onTestFinished(() => watch.close())
  return {
    archive,
    lines,
    watch,
    spool: (seconds: number) =>
      addToSpool(archive, [{ topic: 't', records: [{ key: 'k', value: 'v' }] }], at(seconds)),
    /** What is known of now, once the next look is over. */
    async lookAgain(): Promise<{ now: Date; until: Date | undefined }> {
      const before = time
      await expect.poll(() => time, { interval: 2 }).toBeGreaterThan(before + 1_000)
      const now = new Date(time + 1)
      return { now, until: watch.inLogUntil(now) }
    },
  }
}

test('nothing is known before the spool was looked at', async () => {
  const { watch, lookAgain } = start()
  expect(watch.inLogUntil(at(0))).toBeUndefined()
  await lookAgain()
  expect(watch.inLogUntil(at(0))).toBeUndefined()
  // The first look lasted until then, and may have been over after whatever else happened in that millisecond.
  expect(watch.inLogUntil(at(1))).toBeUndefined()
  expect(watch.inLogUntil(at(1.001))).toEqual(at(0))
})

test('what is known of the log reaches to the beginning of the look that was over then', async () => {
  const { lookAgain } = start()
  const { now, until } = await lookAgain()
  expect(until).toEqual(new Date(now.getTime() - 1_001))
})

test('it stops at the oldest spooled batch, with the time in flight that is taken off it later', async () => {
  const { archive, spool, lookAgain } = start()
  await lookAgain()
  const key = await spool(-60)
  await spool(-30)
  await lookAgain()
  expect((await lookAgain()).until).toEqual(at(-55))
  archive.keys.delete(key)
  await lookAgain()
  expect((await lookAgain()).until).toEqual(at(-25))
  archive.keys.clear()
  await lookAgain()
  const { now, until } = await lookAgain()
  expect(until).toEqual(new Date(now.getTime() - 1_001))
})

test('a loader that is behind is told what was known then', async () => {
  const { archive, spool, watch, lookAgain } = start()
  const empty = await lookAgain()
  await spool(-60)
  await lookAgain()
  const { now } = await lookAgain()
  archive.keys.clear()
  await lookAgain()
  await lookAgain()
  expect(watch.inLogUntil(now)).toEqual(at(-55))
  expect(watch.inLogUntil(empty.now)).toEqual(empty.until)
})

test('while the archive is away nothing newer is known, which is said once', async () => {
  const { archive, watch, lines, lookAgain } = start()
  await lookAgain()
  archive.away = true
  await expect.poll(() => lines).toEqual(['warn the spool cannot be asked: the watermark waits'])
  const known = watch.inLogUntil(at(10_000))
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(watch.inLogUntil(at(20_000))).toEqual(known)
  archive.away = false
  await lookAgain()
  expect(watch.inLogUntil(at(20_000))?.getTime()).toBeGreaterThan(known?.getTime() ?? 0)
  expect(lines).toHaveLength(2)
})
