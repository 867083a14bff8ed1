import path from 'node:path'
import { type Closable, closeAll, closeOnSignal } from '@millrace/runtime/close-on-signal'
import { exitOnCrash } from '@millrace/runtime/exit-on-crash'
import { createLogger, type Logger } from '@millrace/runtime/logger'
import { readConfig } from '@millrace/runtime/read-config'
import type { CommandDeps } from '../command-deps.ts'
import { misspeltVariables } from '../environment/misspelt-variables.ts'
import { Config } from './config.ts'
import { describeUp, upAsJson } from './describe-up.ts'
import { firstEvent } from './first-event.ts'
import { startUp } from './start-up.ts'

/** `millrace up`: starts everything, says where it is, and stops it on Ctrl-C or SIGTERM. */
export async function runUp(
  { env, out, note, now }: CommandDeps,
  { json }: { json: boolean },
): Promise<void> {
  // Before a setting is found to be missing that may be one of these.
  for (const line of misspeltVariables(env)) note(line)
  const given = readConfig(Config, env)
  const config = { ...given, LOG_FILE: given.LOG_FILE ?? path.join(given.DATA_DIR, 'millrace.log') }
  const loggerFor = (service: string): Logger =>
    createLogger({ service, level: config.LOG_LEVEL, file: config.LOG_FILE })
  const logger = loggerFor('up')
  exitOnCrash(logger)
  const parts: Closable[] = []
  // From the first moment on: what has been started when the signal comes is stopped.
  const stopping = closeOnSignal(parts, logger)
  stopping.addEventListener('abort', () => note('Millrace stops …'))
  note(`Millrace starts, data in ${config.DATA_DIR}`)
  try {
    const facts = await startUp({ config, loggerFor, now, progress: note, parts })
    if (json) out(JSON.stringify(upAsJson(facts)))
    else for (const line of describeUp(facts, firstEvent(facts.urls.api, facts.keys, now()))) out(line)
  } catch (error) {
    // Whatever then fails in the middle of its start fails because of it.
    if (stopping.aborted) return
    await closeAll(parts, logger)
    throw error
  }
}
