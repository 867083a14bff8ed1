import { setTimeout as sleep } from 'node:timers/promises'

export interface Readiness {
  readonly title: string
  /** Whether it does its work by now. A rejection means no. */
  isReady(): Promise<boolean>
  hasEnded(): boolean | Promise<boolean>
  /** What it wrote last, for the message about why it did not start. */
  lastWords(): Promise<string>
}

const POLL_MS = 50
const PATIENCE_MS = 120_000

/** @throws Error with the last words of a server that ended or does not answer in time. */
export async function untilReady({ title, isReady, hasEnded, lastWords }: Readiness): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS
  while (!(await isReady().catch(() => false))) {
    const ended = await hasEnded()
    if (ended || performance.now() > giveUpAt) {
      const problem = ended ? 'ended while it started' : 'does not answer'
      throw new Error(`${title} ${problem}. Its last words:\n${await lastWords()}`)
    }
    await sleep(POLL_MS)
  }
}
