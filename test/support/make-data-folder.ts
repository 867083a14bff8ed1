import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/**
 * A new folder for `millrace up`. Root's Postgres runs as another user, who has to be able to walk through it: else the
 * data would go to /var/lib/millrace and stay there.
 */
export async function makeDataFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-data-'))
  await chmod(folder, 0o711)
  return folder
}
