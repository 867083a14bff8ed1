import { readFile, symlink } from 'node:fs/promises'
import path from 'node:path'
import { exists } from './exists.ts'

/**
 * npm packages hold no symlinks: the platform package's install script makes those of the libraries. Where install
 * scripts did not run, they are made here, from the same list.
 */
export async function addMissingLinks(native: string): Promise<void> {
  const list = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = JSON.parse(list) as readonly { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = path.join(path.dirname(native), target)
    if (await exists(link)) continue
    await symlink(path.relative(path.dirname(target), source), link).catch(ignoreExisting)
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
