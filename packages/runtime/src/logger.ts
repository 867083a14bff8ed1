import { type Logger, pino } from 'pino'

export type { Logger } from 'pino'

export interface LoggerOptions {
  readonly service: string
  /** `silent` in tests. */
  readonly level?: string
}

// A closed terminal, a full disk: a line that cannot be written must not end the service.
process.stderr.on('error', () => {})

/**
 * One JSON line an occurrence on stderr: `time`, `level`, `service`, `msg` and what the caller adds.
 * error means that someone must act; a healthy hour has none. Never put request bodies or events in a line.
 */
export function createLogger({ service, level = 'info' }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['authorization', 'writeKey', 'key', 'password', '*.authorization', '*.writeKey', '*.password'],
    },
    // Not pino's own: that one waits forever, at exit, for a disk that is full.
    { write: (line) => void process.stderr.write(line) },
  )
}
