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

/** On the first SIGINT or SIGTERM closes everything and exits 0 (1 if a close failed); a second signal exits at once. */
export function closeOnSignal(closables: readonly Closable[], logger: Logger): void {
  let closing = false
  const onSignal = async (signal: NodeJS.Signals): Promise<void> => {
    if (closing) process.exit(1)
    closing = true
    logger.info({ signal }, 'stopping')
    const clean = await closeAll(closables, logger)
    process.exit(clean ? 0 : 1)
  }
  process.on('SIGINT', (signal) => void onSignal(signal))
  process.on('SIGTERM', (signal) => void onSignal(signal))
}
