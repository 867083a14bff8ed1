import { access, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { draftOf, removeAbandoned } from '@millrace/runtime/embedded-postgres/draft-folder'
import { guard } from './guard.ts'
import { ServerMissing } from './server-missing.ts'
import { takeLock } from './take-lock.ts'

export interface Recipe {
  /** For people, with the version, as `Kafka 4.3.1`. */
  readonly title: string
  /** The folder's name in the cache, with the version. */
  readonly name: string
  /** How and how much it fetches, as `with Maven, 45 MB`. */
  readonly how: string
  /** What a reader has to install where it fails. */
  readonly advice: string
  /** Fills the folder; it is moved afterwards. */
  make(folder: string): Promise<void>
  /** Whether what was made earlier can still run here. */
  works?(folder: string): Promise<boolean>
}

const SAY_EVERY_MS = 10_000

/**
 * What a recipe makes, made once a machine, in a folder outside the checkout. Two runs at once wait for one another.
 * @throws ServerMissing with the advice when it cannot be made.
 */
export async function cachedInstall(recipe: Recipe): Promise<string> {
  const folder = path.join(cacheHome(), recipe.name)
  if (await isUsable(folder, recipe)) return folder
  await mkdir(path.dirname(folder), { recursive: true })
  const release = await takeLock(`${folder}.lock`)
  try {
    if (await isUsable(folder, recipe)) return folder
    await removeAbandoned(folder)
    await install(folder, recipe)
    return folder
  } catch (cause) {
    throw new ServerMissing(`${recipe.title} could not be fetched ${recipe.how}. ${recipe.advice}`, { cause })
  } finally {
    await release()
  }
}

async function isUsable(folder: string, { works }: Recipe): Promise<boolean> {
  const there = await access(folder).then(
    () => true,
    () => false,
  )
  return there && ((await works?.(folder)) ?? true)
}

async function install(folder: string, { title, how, make, works }: Recipe): Promise<void> {
  const draft = draftOf(folder)
  const release = guard({ folder: draft })
  const started = Date.now()
  const seconds = (): number => Math.round((Date.now() - started) / 1000)
  say(`fetching ${title} ${how}, once for this machine, into ${folder}`)
  const telling = setInterval(async () => {
    // Some installers download to a place of their own first.
    const megabytes = Math.round((await bytesIn(draft)) / 1e6)
    say(`still fetching ${title}: ${seconds()} s${megabytes > 0 ? `, ${megabytes} MB` : ''}`)
  }, SAY_EVERY_MS)
  try {
    await mkdir(draft)
    await make(draft)
    if (works && !(await works(draft))) throw new Error('what was fetched does not run here')
    // Only one that does not run any more is in the way.
    await rm(folder, { recursive: true, force: true })
    await rename(draft, folder)
    say(`${title} is there after ${seconds()} s`)
  } catch (error) {
    say(`${title} could not be fetched: ${(error as Error).message}`)
    throw error
  } finally {
    clearInterval(telling)
    await rm(draft, { recursive: true, force: true })
    release()
  }
}

function cacheHome(): string {
  return path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'millrace')
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) => stat(path.join(entry.parentPath, entry.name)).catch(() => undefined))
  return (await Promise.all(sizes)).reduce((sum, found) => sum + (found?.size ?? 0), 0)
}

function say(line: string): void {
  process.stderr.write(`test servers: ${line}\n`)
}
