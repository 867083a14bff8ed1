import { Fault } from '@millrace/contracts/fault'
import type { CommandDeps } from './command-deps.ts'
import { DEFAULT_DATA_DIR } from './data-dir.ts'

/**
 * Runs a command's work on the database of DATABASE_URL, else on the embedded one of DATA_DIR: that of the running
 * `millrace up`, or, when none runs, one that is started for the work and stopped after it.
 * @throws Fault `config_invalid` when nothing was ever started in DATA_DIR.
 */
export async function useDatabase<T>(
  { env, note }: Pick<CommandDeps, 'env' | 'note'>,
  work: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  if (env.DATABASE_URL) return work(env.DATABASE_URL)
  const dataDir = env.DATA_DIR || DEFAULT_DATA_DIR
  const [{ findEmbeddedPostgres }, { access }] = await Promise.all([
    import('@millrace/runtime/find-embedded-postgres'),
    import('node:fs/promises'),
  ])
  const running = await findEmbeddedPostgres(dataDir)
  if (running) return work(running.url)
  await access(dataDir).catch(() => {
    throw new Fault(
      'config_invalid',
      `There is no data folder ${dataDir}: run \`millrace up\` first, or set DATABASE_URL or DATA_DIR.`,
    )
  })
  note(`Starting the Postgres of ${dataDir} for this command`)
  return useEmbedded(dataDir, work)
}

async function useEmbedded<T>(dataDir: string, work: (databaseUrl: string) => Promise<T>): Promise<T> {
  const [{ startEmbeddedPostgres }, { createLogger }] = await Promise.all([
    import('@millrace/runtime/embedded-postgres'),
    import('@millrace/runtime/logger'),
  ])
  const logger = createLogger({ service: 'cli', level: 'warn' })
  const postgres = await startEmbeddedPostgres({ dataDir, logger })
  try {
    return await work(postgres.url)
  } finally {
    await postgres.close()
  }
}
