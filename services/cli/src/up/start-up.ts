import type { Closable } from '@millrace/runtime/close-on-signal'
import { alreadyRunning } from '@millrace/runtime/embedded-postgres/hold-cluster'
import { findEmbeddedPostgres } from '@millrace/runtime/find-embedded-postgres'
import type { Logger } from '@millrace/runtime/logger'
import { makeDataDir } from '@millrace/runtime/make-data-dir'
import { readPrivacyPolicy } from '@millrace/scrub/read-privacy-policy'
import { migrateWarehouse } from '@millrace/warehouse/migrate-warehouse'
import { keepAddresses } from '../addresses.ts'
import { checkParts } from './check-parts.ts'
import { checkPorts } from './check-ports.ts'
import type { Config } from './config.ts'
import type { UpFacts } from './describe-up.ts'
import { joinServiceRoles } from './join-service-roles.ts'
import { openDatabase } from './open-database.ts'
import { openKeys, refuseForgottenKey } from './open-keys.ts'
import { setLargeLogAside } from './set-large-log-aside.ts'
import { startServices } from './start-services.ts'

export interface UpDeps {
  readonly config: Config
  readonly loggerFor: (service: string) => Logger
  readonly now: () => Date
  /** Told of each step with what came of it. */
  readonly progress: (line: string) => void
  /** Gets each part as soon as it has to be stopped, in the order of stopping. */
  readonly parts: Closable[]
}

const NO_CANARY =
  'Canary: none, so nobody looks whether personal data is kept: add {"key":"pk_…","source":"canary","kind":"public","canary":true} to WRITE_KEYS'

/** Starts everything in this process, embedded where nothing is configured. */
export async function startUp({ config, loggerFor, now, progress, parts }: UpDeps): Promise<UpFacts> {
  const dataDir = await makeDataDir(config.DATA_DIR)
  if (config.LOG_FILE) await setLargeLogAside(config.LOG_FILE)
  await refuseSecondUp(config, dataDir)
  await checkPorts(config)
  await refuseForgottenKey(config, dataDir)
  const keys = await openKeys(config, dataDir)
  // The API reads it as well, but not before Postgres is made.
  await readPrivacyPolicy(config.PRIVACY_POLICY)
  const step = stepwise(progress, now)

  const { DATABASE_URL: givenUrl, BUSINESS_TIME_ZONE: timeZone } = config
  const opening = openDatabase({ databaseUrl: givenUrl, dataDir, logger: loggerFor('postgres') })
  parts.unshift(closeWhenOpen(opening))
  const database = await opening
  step(`Postgres: ${database.shown}`)
  const databaseUrl = database.url
  const opened = { ...config, DATABASE_URL: databaseUrl }
  const { migrations } = await migrateWarehouse({
    ...{ databaseUrl, timeZone },
    definitions: config.MILLRACE_DEFINITIONS,
  })
  const analystUrl = await database.analystUrl()
  step(`Tables: ${migrations.length > 0 ? `${migrations.length} migrations run` : 'up to date'}`)
  await joinServiceRoles(databaseUrl)
  const { archive } = await checkParts({ config: opened, now, step })
  const services = await startServices({ config: opened, keys, loggerFor, now })
  parts.unshift(services)
  parts.unshift(await keepAddresses(dataDir, services.urls))
  step('Services: all started')
  if (!keys.writeKeys.some(({ canary }) => canary)) step(NO_CANARY)
  // The canary's key is nobody's to send with.
  const writeKeys = keys.writeKeys.filter(({ canary }) => !canary)
  return { urls: services.urls, analystUrl, dataDir, archive, keys: writeKeys }
}

/** Said before the ports are looked at: those that the first one holds would be the lesser half of the truth. */
async function refuseSecondUp({ DATABASE_URL }: Config, dataDir: string): Promise<void> {
  if (DATABASE_URL) return
  const running = await findEmbeddedPostgres(dataDir)
  if (running?.holder) throw alreadyRunning(dataDir, running.holder)
}

/** Our Postgres is not a part of our process: a signal while it starts has to wait for it, or it would run on. */
function closeWhenOpen(opening: Promise<Closable>): Closable {
  const opened = opening.catch(() => undefined)
  return { close: async () => (await opened)?.close() }
}

function stepwise(progress: (line: string) => void, now: () => Date): (line: string) => void {
  let last = now().getTime()
  return (line) => {
    const time = now().getTime()
    progress(`  ${line} (${((time - last) / 1000).toFixed(1)} s)`)
    last = time
  }
}
