import type { Logger } from './logger.ts'

export interface Closable {
  close(): Promise<void>
}

/** Closes in the given order, front door first; what one close throws does not keep the others open. */
export async function closeAll(closables: readonly Closable[], logger: Logger): Promise<boolean> {
  let clean = true
  for (const closable of closables) {
    try {
      await closable.close()
    } catch (error) {
      clean = false
      logger.error({ err: error }, 'could not close cleanly')
    }
  }
  return clean
}

/** Ctrl-C under `npm start` comes twice at once: from the terminal, and passed on by npm. */
const SAME_SIGNAL_MS = 1000

/**
 * On the first SIGINT, SIGTERM or SIGHUP (the terminal was closed) closes what then is in the list, in its order, and
 * exits 0 (1 if a close failed). A second signal, a second or more later, exits at once. Returns a signal that is aborted
 * when the closing begins.
 */
export function closeOnSignal(closables: readonly Closable[], logger: Logger): AbortSignal {
  const stopping = new AbortController()
  let closingSince: number | undefined
  const onSignal = async (signal: NodeJS.Signals): Promise<void> => {
    if (closingSince !== undefined) {
      if (performance.now() - closingSince >= SAME_SIGNAL_MS) process.exit(1)
      return
    }
    closingSince = performance.now()
    stopping.abort()
    logger.info({ signal }, 'stopping')
    const clean = await closeAll([...closables], logger)
    process.exit(clean ? 0 : 1)
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, (signal) => void onSignal(signal))
  return stopping.signal
}
