import type { Logger } from './logger.ts'

/** What nobody caught ends the process with a line that says so and exit code 1: a supervisor starts it again. */
export function exitOnCrash(logger: Logger): void {
  process.on('uncaughtException', (error: unknown) => {
    // Only these two: servers' clients hang their settings on an error.
    const err =
      error instanceof Error ? { message: error.message, stack: error.stack } : { message: String(error) }
    logger.fatal({ err }, 'crashed, exit 1')
    process.exit(1)
  })
}
