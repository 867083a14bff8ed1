import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { cachedInstall } from '../support/servers/cached-install.ts'
import { runInstaller } from '../support/servers/run-installer.ts'

export interface ComposeService {
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly profiles?: readonly string[]
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly restart?: string
  readonly user?: string
  readonly read_only?: boolean
  readonly ports?: readonly { readonly host_ip?: string; readonly published: string }[]
  readonly volumes?: readonly { readonly type: string; readonly source: string }[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly deploy?: { readonly resources?: { readonly limits?: { readonly memory?: string; cpus?: number } } }
}

const SOURCE = fileURLToPath(new URL('./compose-config/', import.meta.url))
const COMPOSE_FILE = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url))

/** The path of the program that reads a compose file with compose's own library. @throws ServerMissing without Go. */
export async function installComposeConfig(): Promise<string> {
  const source = await Promise.all(['main.go', 'go.sum'].map((name) => readFile(path.join(SOURCE, name))))
  const version = createHash('sha256').update(Buffer.concat(source)).digest('hex').slice(0, 12)
  const folder = await cachedInstall({
    title: 'the reader of docker-compose.yml',
    name: `compose-config-${version}`,
    how: 'with Go, 10 MB',
    advice: 'Install Go.',
    make: async (into) => {
      await runInstaller('go', ['build', '-o', path.join(into, 'compose-config'), '.'], { cwd: SOURCE })
    },
  })
  return path.join(folder, 'compose-config')
}

/**
 * The services of docker-compose.yml as `docker compose config` sees them, all profiles.
 * @param env the text of an `.env` file
 * @throws Error with what is wrong in the file.
 */
export async function readComposeServices(
  program: string,
  env: string,
): Promise<Readonly<Record<string, ComposeService>>> {
  const child = spawn(program, [COMPOSE_FILE], { stdio: 'pipe' })
  child.stdin.end(env)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  if (code !== 0) throw new Error(stderr)
  return (JSON.parse(stdout) as { services: Record<string, ComposeService> }).services
}
