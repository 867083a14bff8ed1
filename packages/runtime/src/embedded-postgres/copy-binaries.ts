import { randomBytes } from 'node:crypto'
import { chmod, cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
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
  await mkdir(place, { recursive: true })
  await makeReadable(place)
  if (options.account && !(await canReach(place, options.account))) throw new Error('not reachable')
  const home = path.join(target, 'native')
  if (await isOurs(home)) return home
  const draft = `${target}.new-${randomBytes(6).toString('hex')}`
  try {
    await cp(options.native, path.join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
    await addMissingLinks(path.join(draft, 'native'))
    await makeTreeReadable(draft)
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

async function makeTreeReadable(folder: string): Promise<void> {
  await makeReadable(folder)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const child = path.join(folder, entry.name)
    if (entry.isDirectory()) await makeTreeReadable(child)
    else if (entry.isFile()) await makeReadable(child)
  }
}

/** Whatever the umask was: readable, and where the owner may run or enter it, so may the others; written by the owner. */
async function makeReadable(file: string): Promise<void> {
  const { mode } = await stat(file)
  await chmod(file, mode & 0o100 ? 0o755 : 0o644)
}
