import { chmod, mkdir } from 'node:fs/promises'
import path from 'node:path'

/** Makes the data folder and returns its full path. Root's can be entered by the user that Postgres runs as, not read. */
export async function makeDataDir(dataDir: string): Promise<string> {
  const folder = path.resolve(dataDir)
  const made = await mkdir(folder, { recursive: true })
  if (made) await chmod(folder, process.getuid?.() === 0 ? 0o711 : 0o700)
  return folder
}
