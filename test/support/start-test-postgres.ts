import { readFileSync, rmSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEmbeddedPostgres } from '@millrace/runtime/embedded-postgres'
import { createLogger } from '@millrace/runtime/logger'
import { onServer } from './on-server.ts'

export interface TestPostgres {
  readonly url: string
  close(): Promise<void>
}

/** A Postgres of its own in a temporary folder, from the same binaries as `millrace up`; quick rather than durable. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-test-'))
  // As root the server runs as another user, who must be able to go in.
  await chmod(folder, 0o711)
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const postgres = await startEmbeddedPostgres({
      dataDir: path.join(folder, 'data'),
      logger: createLogger({ service: 'test-postgres', level: 'warn' }),
    })
    await onServer(postgres.url, 'alter system set fsync = off')
    await onServer(postgres.url, 'alter system set full_page_writes = off')
    await onServer(postgres.url, 'select pg_reload_conf()')
    // Ctrl-C ends vitest without its teardown, and Postgres lives in a session of its own.
    const stopAtOnce = (): void => killAndRemove(folder)
    process.once('exit', stopAtOnce)
    return {
      url: postgres.url,
      async close() {
        process.off('exit', stopAtOnce)
        await postgres.close()
        await removeFolder()
      },
    }
  } catch (error) {
    await removeFolder()
    throw error
  }
}

/** All that can be done while a process exits. */
function killAndRemove(folder: string): void {
  const pid = Number(
    readFileSync(path.join(folder, 'data/postgres/data/postmaster.pid'), 'utf8').split('\n')[0],
  )
  process.kill(pid, 'SIGQUIT')
  rmSync(folder, { recursive: true, force: true })
}
