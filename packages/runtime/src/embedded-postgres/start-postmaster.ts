import { type ChildProcess, spawn } from 'node:child_process'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { PostgresCluster } from './postgres-cluster.ts'
import { PLAIN_ENVIRONMENT } from './run-program.ts'

export interface StartedPostmaster {
  /** Null while it runs. */
  exitCode(): number | null
}

/**
 * Starts the server in a session of its own: Ctrl-C in our terminal does not reach it, and it outlives a kill of us.
 * What it says before its own log begins goes to `start.log`.
 */
export async function startPostmaster(
  cluster: PostgresCluster,
  postgres: string,
  port: number,
): Promise<StartedPostmaster> {
  const log = await open(path.join(cluster.folder, 'start.log'), 'w', 0o600)
  try {
    const { account } = cluster
    const args = ['-D', cluster.data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1']
    const child = spawn(postgres, args, {
      cwd: '/',
      env: PLAIN_ENVIRONMENT,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...(account ? { uid: account.uid, gid: account.gid } : {}),
    })
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    child.unref()
    return { exitCode: () => exitCodeOf(child) }
  } finally {
    await log.close()
  }
}

/** The last lines that the server wrote, for the message about why it did not start. */
export async function lastWords(cluster: PostgresCluster): Promise<string> {
  const logs = path.join(cluster.data, 'log')
  const names = await readdir(logs).catch(() => [])
  const files = [path.join(cluster.folder, 'start.log'), ...names.map((name) => path.join(logs, name))]
  const dated = await Promise.all(files.map(async (file) => ({ file, time: (await stat(file)).mtimeMs })))
  const newest = dated.sort((a, b) => b.time - a.time)[0]
  if (!newest) return ''
  const lines = (await readFile(newest.file, 'utf8')).trimEnd().split('\n')
  return lines.slice(-8).join('\n')
}

function exitCodeOf(child: ChildProcess): number | null {
  return child.exitCode ?? (child.signalCode ? 1 : null)
}
