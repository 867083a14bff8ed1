import type { Closable } from '@millrace/runtime/close-on-signal'
import type { Logger } from '@millrace/runtime/logger'
import type { Config } from './config.ts'
import type { Keys } from './open-keys.ts'

/** What a service is started with. */
export interface ServiceDeps {
  readonly config: Config
  readonly databaseUrl: string
  readonly dataDir: string
  readonly keys: Keys
  /** The service's own, named after it. */
  readonly logger: Logger
  readonly now: () => Date
}

export interface RunningService extends Closable {
  /** Where it answers, as `http://127.0.0.1:8080`. */
  readonly url: string
}
