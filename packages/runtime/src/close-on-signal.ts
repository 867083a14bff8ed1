import { endsWithin } from './ends-within.ts'
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

/** Container engines kill 10 s after they have asked. */
const CLOSE_MS = 8_000

/**
 * On the first SIGINT, SIGTERM or SIGHUP (the terminal was closed) closes what then is in the list, in its order, and
 * exits 0; 1 if a close failed, or if after 8 s a server that does not answer still holds one up: what was under way is
 * done again at the next start. A second signal, a second or more later, exits at once. Returns a signal that is aborted
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
    let clean = false
    const closing = closeAll([...closables], logger).then((result) => {
      clean = result
    })
    if (!(await endsWithin(CLOSE_MS, closing)))
      logger.warn('something does not answer; what was under way is done again at the next start')
    process.exit(clean ? 0 : 1)
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, (signal) => void onSignal(signal))
  return stopping.signal
}
