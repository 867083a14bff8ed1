import type { Logger } from './logger.ts'

/** What nobody caught ends the process with a line that says so and exit code 1: a supervisor starts it again. */
export function exitOnCrash(logger: Logger): void {
  process.on('uncaughtException', (error: Error) => {
    // Only these two: servers' clients hang their settings on an error.
    logger.fatal({ err: { message: error.message, stack: error.stack } }, 'crashed, exit 1')
    process.exit(1)
  })
}
