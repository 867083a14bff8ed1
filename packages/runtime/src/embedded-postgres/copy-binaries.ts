import { randomBytes } from 'node:crypto'
import { chmod, copyFile, mkdir, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises'
import path from 'node:path'
import { Fault } from '@millrace/contracts/fault'
import { addMissingLinks } from './add-missing-links.ts'
import { type Account, canReach } from './postgres-account.ts'

export interface CopyOptions {
  readonly native: string
  readonly version: string
  readonly account: Account | undefined
  readonly dataDir: string
}

const SHARED_PLACES = ['/var/cache/millrace', '/var/lib/millrace', '/opt/millrace', '/usr/local/lib/millrace']

/**
 * A copy of the binaries that the account can run, made once a version. Two processes at once are safe: each makes a
 * copy of its own, the first renames it into place. Returns the folder with `bin`, `lib` and `share`.
 */
export async function copyBinaries(options: CopyOptions): Promise<string> {
  const places = options.account ? SHARED_PLACES : [options.dataDir]
  const failures: string[] = []
  for (const place of places) {
    try {
      return await copyTo(path.join(place, `postgres-${options.version}`), options)
    } catch (error) {
      failures.push(`${place}: ${(error as Error).message}`)
    }
  }
  throw new Fault(
    'config_invalid',
    `The embedded Postgres cannot be put where its user can run it. Set DATABASE_URL.\n  ${failures.join('\n  ')}`,
  )
}

async function copyTo(target: string, options: CopyOptions): Promise<string> {
  const place = path.dirname(target)
  await makeFolder(place)
  if (options.account && !(await canReach(place, options.account))) throw new Error('not reachable')
  const home = path.join(target, 'native')
  if (await isOurs(home)) return home
  const draft = `${target}.new-${randomBytes(6).toString('hex')}`
  try {
    await makeFolder(draft)
    await copyTree(options.native, path.join(draft, 'native'))
    await addMissingLinks(path.join(draft, 'native'))
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (!(await isOurs(home))) throw error
  }
  return home
}

/** A folder that someone else could have filled must not be run. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined)
  if (!found) return false
  if (found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return true
  throw new Error(`${folder} belongs to another user`)
}

/** Whatever the umask is and the source's rights are: the copy is read by all, and written by its owner. */
async function copyTree(source: string, target: string): Promise<void> {
  await makeFolder(target)
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [path.join(source, entry.name), path.join(target, entry.name)]
    if (entry.isDirectory()) await copyTree(from, to)
    else if (entry.isSymbolicLink()) await symlink(await readlink(from), to)
    else {
      await copyFile(from, to)
      await chmod(to, (await stat(from)).mode & 0o100 ? 0o755 : 0o644)
    }
  }
}

async function makeFolder(folder: string): Promise<void> {
  if (await mkdir(folder, { recursive: true })) await chmod(folder, 0o755)
}
