import { appendFileSync } from 'node:fs'
import { type Logger, pino } from 'pino'

export type { Logger } from 'pino'

export interface LoggerOptions {
  readonly service: string
  /** `silent` in tests. */
  readonly level?: string | undefined
  /** The lines are added to it as well. */
  readonly file?: string | undefined
}

// A closed terminal, a full disk: a line that cannot be written must not end the service.
process.stderr.on('error', () => {})

/**
 * One JSON line an occurrence on stderr, and in the file if there is one: `time`, `level`, `service`, `msg` and what the caller adds.
 * error means that someone must act; a healthy hour has none. Never put request bodies or events in a line.
 */
export function createLogger({ service, level = 'info', file }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['authorization', 'writeKey', 'key', 'password', '*.authorization', '*.writeKey', '*.password'],
    },
    // Not pino's own: that one waits forever, at exit, for a disk that is full.
    {
      write(line) {
        process.stderr.write(line)
        if (file) addLine(file, line)
      },
    },
  )
}

/** In one call, so that lines of several processes stay whole; there are few, and the file may be moved at any time. */
function addLine(file: string, line: string): void {
  try {
    appendFileSync(file, line, { mode: 0o600 })
  } catch {
    // It stands on stderr.
  }
}
