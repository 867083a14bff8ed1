import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createSeededRandom } from '../../support/seeded-random.ts'
import { checkStage, expectBalanced } from './check-stage.ts'
import { killOnce, stopAndContinue } from './hurt.ts'
import { observeLog } from './observe-log.ts'
import { openStage, type PartName, SECRET_KEY, TOPICS } from './open-stage.ts'
import { reportRun } from './report-run.ts'
import { startLoad } from './steady-load.ts'

const ALL: readonly PartName[] = [
  'ingest-api',
  'archiver',
  'loader',
  'jobs',
  'kpi-exporter',
  'Kafka',
  'Redis',
  'Postgres',
  'S3',
]
/** `FAULT_PARTS=loader,Kafka` runs these alone, `FAULT_KILLS=3` fewer kills, `FAULT_SEED=7` other moments. */
const PARTS = ALL.filter((part) => (process.env.FAULT_PARTS ?? part).split(',').includes(part))
const KILLS = Number(process.env.FAULT_KILLS ?? 20)
const SEED = Number(process.env.FAULT_SEED ?? 1)
const EVENTS_PER_SECOND = 100
/** Every fourth kill hits while another part is down. */
const ANOTHER_EVERY = 4
const STOPPED_SECONDS = 20

test.each(PARTS)(
  'under load, %s killed again and again, and stopped: nothing is lost, nothing counts twice',
  async (part) => {
    const random = createSeededRandom(SEED * 100 + ALL.indexOf(part))
    const stage = await openStage()
    const observer = await observeLog(stage.log, TOPICS)
    const load = startLoad({
      apis: stage.apis,
      writeKey: SECRET_KEY,
      eventsPerSecond: EVENTS_PER_SECOND,
      random,
    })
    let checked = { events: 0, repeats: 0 }
    let longestWaitMs = 0
    let withAnother = 0
    const settle = async (): Promise<void> => {
      await load.pause()
      longestWaitMs = Math.max(longestWaitMs, load.takeLongestMs())
      checked = await checkStage(stage, observer, load.acknowledged)
      load.resume()
    }
    try {
      for (let kill = 1; kill <= KILLS; kill += 1) {
        const also = kill % ANOTHER_EVERY === 0 ? random.pick(ALL.filter((one) => one !== part)) : undefined
        await sleep(random.whole(500, 2_500))
        const { process: index } = await killOnce(stage, { part, also }, random)
        if (also) withAnother += 1
        await settle()
        say(
          `${part} ${index} killed${also ? ` with ${also} down` : ''} (${kill} of ${KILLS}): ${words(checked)}`,
        )
      }
      await sleep(1_000)
      await stopAndContinue(stage, part, STOPPED_SECONDS * 1_000)
      await settle()
      await expectBalanced(stage)
      say(`${part} stopped for ${STOPPED_SECONDS} s: ${words(checked)}`)
      expect(checked.events).toBeGreaterThan(KILLS * 50)
      const refused = [...load.answers].reduce(
        (sum, [status, count]) => sum + (status === 202 ? 0 : count),
        0,
      )
      await reportRun({
        part,
        kills: KILLS,
        withAnother,
        stoppedSeconds: STOPPED_SECONDS,
        ...checked,
        longestWaitMs,
        refused,
      })
    } finally {
      load.stop()
      await observer.close()
      await stage.close()
    }
  },
  3_600_000,
)

function words({ events, repeats }: { events: number; repeats: number }): string {
  return `${events} events, 0 lost, 0 double, ${repeats} repeats in the log`
}

function say(line: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`)
}
