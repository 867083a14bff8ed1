import type { Registry } from 'prom-client'
import { type Closable, closeAll } from './close-on-signal.ts'
import type { Logger } from './logger.ts'

/** What every service is run with: its own configuration, a logger of its name, the registry of its own metrics. */
export interface ServiceDeps<Config> {
  readonly config: Config
  readonly logger: Logger
  readonly registry: Registry
  readonly now: () => Date
}

export interface RunningService extends Closable {
  /** Where it answers, as `http://127.0.0.1:8080`: its health from the first moment, `not_ready` until it has begun. */
  readonly url: string
  /**
   * Resolves when what it needs has answered and its work has begun, rejects when it never can. Absent where there is
   * nothing to wait for.
   */
  readonly started?: Promise<void>
}

/** Takes a part of the service into its keeping. */
export type Keep = <P extends Closable>(part: P) => P

/**
 * Opens the parts of a service. What was kept is closed in the opposite order, front door first when it was opened last:
 * when the service is closed, or at once when the opening fails.
 */
export async function openService(
  logger: Logger,
  open: (keep: Keep) => Promise<Omit<RunningService, 'close'>>,
): Promise<RunningService> {
  const kept: Closable[] = []
  const close = async (): Promise<void> => void (await closeAll(kept.splice(0).reverse(), logger))
  try {
    const opened = await open((part) => {
      kept.push(part)
      return part
    })
    return { ...opened, close }
  } catch (error) {
    await close()
    throw error
  }
}
