import { setTimeout as sleep } from 'node:timers/promises'
import { type Closable, closeAll, closeOnSignal } from '@millrace/runtime/close-on-signal'
import { exitOnCrash } from '@millrace/runtime/exit-on-crash'
import { createLogger } from '@millrace/runtime/logger'
import { readConfig } from '@millrace/runtime/read-config'
import type { RunningService, ServiceDeps } from '@millrace/runtime/running-service'
import { createServiceMetrics } from '@millrace/runtime/service-metrics'
import type { z } from 'zod'
import type { CommandDeps } from '../command-deps.ts'
import { misspeltVariables } from '../environment/misspelt-variables.ts'
import { reachableUrl } from '../reachable-url.ts'

export type ServiceSchema = z.ZodObject &
  z.ZodType<{ readonly LOG_LEVEL: string; readonly LOG_FILE?: string | undefined }>

export interface Service<S extends ServiceSchema> {
  /** Its verb, its folder and its name in the log. */
  readonly name: string
  readonly schema: S
  run(deps: ServiceDeps<z.output<S>>): Promise<RunningService>
}

/** Runs one service until a signal comes; says when it is ready. What it needs may still be away when it starts. */
export async function runService<S extends ServiceSchema>(
  deps: CommandDeps,
  { name, schema, run }: Service<S>,
  { json }: { json: boolean },
): Promise<void> {
  const { env, out, now } = deps
  const config = readSettings(schema, deps)
  const logger = createLogger({ service: name, level: config.LOG_LEVEL, file: config.LOG_FILE })
  exitOnCrash(logger)
  for (const line of misspeltVariables(env)) logger.warn(line)
  const parts: Closable[] = []
  const failed = new AbortController()
  // From the first moment on: what has been started when the signal comes is stopped.
  const stopping = closeOnSignal(parts, logger)
  try {
    const service = await run({ config, logger, registry: createServiceMetrics({ process: true }), now })
    parts.push(service)
    const url = reachableUrl(service.url)
    logger.info({ url }, 'listens')
    const cannotStart = (service.started ?? forever()).then(forever)
    await Promise.race([untilReady(url, AbortSignal.any([stopping, failed.signal])), cannotStart])
    if (stopping.aborted) return
    out(json ? JSON.stringify({ service: name, url }) : `${name} is ready at ${url}`)
    // An API that spools is ready before its log is there: that it never can be is found later.
    await service.started
  } catch (error) {
    // Else the process would go on looking whether it is ready, and never end.
    failed.abort()
    // Whatever then fails in the middle of its start fails because of it.
    if (stopping.aborted) return
    await closeAll(parts, logger)
    throw error
  }
}

function readSettings<S extends ServiceSchema>(
  schema: S,
  { env, note }: Pick<CommandDeps, 'env' | 'note'>,
): z.output<S> {
  try {
    return readConfig(schema, env)
  } catch (error) {
    // What is missing may be one of these.
    for (const line of misspeltVariables(env)) note(line)
    throw error
  }
}

const forever = (): Promise<never> => new Promise(() => {})

const LOOK_EVERY_MS = 250

/** As a supervisor sees it: the service has begun, and all that it needs answers. */
async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const response = await fetch(`${url}/health/ready`).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.ok) return
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}
