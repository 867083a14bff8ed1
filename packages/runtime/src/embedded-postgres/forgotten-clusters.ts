import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Logger } from '../logger.ts'
import { stopPostmaster } from './stop-postmaster.ts'

const NOTE = 'belongs-to'

/** Notes in a cluster's home away from its data folder whose it is. */
export function noteOwner(home: string, dataDir: string): Promise<void> {
  return writeFile(path.join(home, NOTE), `${dataDir}\n`, { mode: 0o600 })
}

/**
 * A data folder that was deleted takes its Postgres with it where that lies inside. One that lies elsewhere may still
 * run: it is stopped when the data folder is made anew. Its files are left, for who deleted the wrong folder.
 */
export async function stopForgotten(place: string, dataDir: string, logger: Logger): Promise<void> {
  const homes = await readdir(place).catch(() => [])
  for (const name of homes) {
    const home = path.join(place, name)
    const owner = await readFile(path.join(home, NOTE), 'utf8').catch(() => '')
    if (owner.trim() !== dataDir) continue
    await stopPostmaster(path.join(home, 'postgres/data'), logger)
    logger.warn(
      { folder: home },
      'this folder holds the database of an earlier data folder; delete it when done',
    )
  }
}
