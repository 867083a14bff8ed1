import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * Runs `npm ci` when node_modules is missing or is not what package-lock.json asks for.
 * Needs nothing but Node: it runs before any dependency is there.
 * @param {{ dev?: boolean, say?: (line: string) => void }} options `dev`: the tools for tests must be there as well.
 */
export async function ensureInstalled({
  dev = false,
  say = (line) => process.stderr.write(`${line}\n`),
} = {}) {
  if (isInstalled({ dev })) return
  say('Installing dependencies (npm ci), this takes a minute the first time …')
  const started = Date.now()
  await npmCi(dev)
  if (!isInstalled({ dev })) {
    throw new Error('npm ci ended well, but node_modules is not what package-lock.json asks for.')
  }
  say(`Dependencies are installed (${Math.round((Date.now() - started) / 1000)} s).`)
}

/**
 * npm writes node_modules/.package-lock.json when an install is complete, so it is the stamp to compare with:
 * also for installs that somebody made by hand, and not fooled by the file times of a fresh checkout.
 */
function isInstalled({ dev }) {
  const stamp = path.join(ROOT, 'node_modules/.package-lock.json')
  if (!existsSync(stamp)) return false
  const wanted = readPackages(path.join(ROOT, 'package-lock.json'))
  const present = readPackages(stamp)
  return Object.entries(wanted).every(([place, entry]) => {
    if (!place.includes('node_modules/')) return true
    if (entry.optional || entry.devOptional || (entry.dev && !dev)) return true
    const found = present[place]
    return found?.version === entry.version && found?.integrity === entry.integrity
  })
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages
}

function npmCi(dev) {
  // The npm that started us; npx and other package managers set the variable too.
  const npm = process.env.npm_execpath ?? ''
  const [command, first] = /[\\/]npm(-cli)?\.js$/.test(npm) ? [process.execPath, [npm]] : ['npm', []]
  const args = [
    ...first,
    'ci',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    ...(dev ? ['--include=dev'] : []),
  ]
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      // npm's lines go to stderr: stdout belongs to the command (`--json`).
      stdio: ['ignore', process.stderr, process.stderr],
      shell: command === 'npm' && process.platform === 'win32',
    })
    child.once('error', (error) => reject(new Error(`Could not run npm: ${error.message}`)))
    child.once('exit', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(`npm ci failed (${signal ?? `exit code ${code}`}); its output is above.`))
    })
  })
}
