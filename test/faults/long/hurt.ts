import { setTimeout as sleep } from 'node:timers/promises'
import type { SeededRandom } from '../../support/seeded-random.ts'
import type { ServerNode } from '../../support/servers/server-node.ts'
import type { PartName, Stage } from './open-stage.ts'

export interface Kill {
  /** Which process of the part, from 1. */
  readonly process: number
  /** What else was down at the time. */
  readonly alsoDown?: PartName
}

/** As a supervisor does it: back within this time, a random one. */
const DOWN_MS = { least: 0, most: 2_000 }

/** kill -9 of one process of the part, and of one of another part where that is to be down as well; both come back. */
export async function killOnce(
  { parts }: Stage,
  { part, also }: { readonly part: PartName; readonly also?: PartName | undefined },
  random: SeededRandom,
): Promise<Kill> {
  const index = random.whole(0, parts[part].length - 1)
  const victims = [parts[part][index] as ServerNode]
  if (also) victims.unshift(random.pick(parts[also]))
  for (const victim of victims) {
    await sleep(random.whole(0, 500))
    await victim.kill('SIGKILL')
  }
  await Promise.all(
    victims.map(async (victim) => {
      await sleep(random.whole(DOWN_MS.least, DOWN_MS.most))
      await victim.start()
    }),
  )
  return { process: index + 1, ...(also && { alsoDown: also }) }
}

/** SIGSTOP of all processes of the part: they answer nothing, and their connections stay open. */
export async function stopAndContinue({ parts }: Stage, part: PartName, ms: number): Promise<void> {
  for (const node of parts[part]) await node.kill('SIGSTOP')
  await sleep(ms)
  for (const node of parts[part]) await node.kill('SIGCONT')
}
