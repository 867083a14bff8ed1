import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@millrace/contracts/fault'
import type { Logger } from '../logger.ts'
import type { ClusterHold } from './hold-cluster.ts'

export interface SuperviseOptions {
  readonly hold: ClusterHold
  /** Brings the server back and takes the hold again. */
  revive(): Promise<ClusterHold>
  readonly logger: Logger
  readonly signal: AbortSignal
}

const PAUSE_MS = 1000

/**
 * Starts a server that died again, for as long as it takes. Resolves after an abort, with no hold left; to false when
 * another process has taken the server meanwhile, which then is not ours to stop.
 */
export async function supervisePostmaster(options: SuperviseOptions): Promise<boolean> {
  const { logger, signal } = options
  let hold = options.hold
  const aborted = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  )
  while (!signal.aborted) {
    await Promise.race([hold.lost, aborted])
    if (signal.aborted) break
    logger.warn('Postgres went away, starting it again')
    const revived = await reviveUntilAborted(options)
    if (revived === 'aborted') return true
    if (revived === 'taken') return false
    hold = revived
    logger.info('Postgres is back')
  }
  await hold.release().catch(() => {})
  return true
}

async function reviveUntilAborted({
  revive,
  logger,
  signal,
}: SuperviseOptions): Promise<ClusterHold | 'aborted' | 'taken'> {
  let taken = false
  while (!signal.aborted) {
    try {
      return await revive()
    } catch (error) {
      if (signal.aborted) break
      taken = error instanceof Fault && error.code === 'already_running'
      logger.error({ err: error }, 'Postgres does not come back, trying again')
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => {})
    }
  }
  return taken ? 'taken' : 'aborted'
}
