import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { runInstaller } from '../support/servers/run-installer.ts'
import { ServerMissing } from '../support/servers/server-missing.ts'

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

const PROGRAM = fileURLToPath(new URL('./compose-config/', import.meta.url))
const COMPOSE_FILE = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url))

/**
 * The services of docker-compose.yml as `docker compose config` sees them, all profiles, read with its library.
 * @param env the text of an `.env` file
 * @throws Error with what is wrong in the file, ServerMissing without Go.
 */
export async function readComposeServices(env: string): Promise<Readonly<Record<string, ComposeService>>> {
  await needGo()
  const child = spawn('go', ['run', '.', COMPOSE_FILE], { cwd: PROGRAM, stdio: 'pipe' })
  child.stdin.end(env)
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  if (code !== 0) throw new Error(stderr)
  return (JSON.parse(stdout) as { services: Record<string, ComposeService> }).services
}

/** @throws ServerMissing */
export async function needGo(): Promise<void> {
  await runInstaller('go', ['version']).catch((cause) => {
    throw new ServerMissing('Go is not installed: it reads docker-compose.yml', { cause })
  })
}
