import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { cachedInstall } from './cached-install.ts'
import { fetchPackages, systemName } from './install-packages.ts'
import { runInstaller } from './run-installer.ts'

export interface RedisProgram {
  readonly program: string
  readonly env: Readonly<Record<string, string>>
}

const ADVICE =
  'Install redis-server 7, or start a container engine, or set TEST_REDIS_URL to a Redis 7 of your own.'

/** A Redis 7: the system's, else one from the system's packages, for which nobody has to be root. @throws ServerMissing */
export async function installRedis(): Promise<RedisProgram> {
  const installed = { program: 'redis-server', env: {} }
  if (await isRedis7(installed)) return installed
  const folder = await cachedInstall({
    title: 'Redis 7',
    name: `redis-7-${await systemName()}`,
    how: 'with apt-get, 2 MB',
    advice: ADVICE,
    make: (into) => fetchPackages(into, 'redis-server'),
    works: async (made) => isRedis7(await programIn(made)),
  })
  return programIn(folder)
}

async function isRedis7({ program, env }: RedisProgram): Promise<boolean> {
  const said = await runInstaller(program, ['--version'], { env }).catch(() => '')
  return / v=7\./.test(said)
}

/** Libraries that the system lacks lie beside it. */
async function programIn(folder: string): Promise<RedisProgram> {
  const lib = path.join(folder, 'usr/lib')
  const inside = await readdir(lib, { withFileTypes: true }).catch(() => [])
  const folders = inside.filter((entry) => entry.isDirectory()).map((entry) => path.join(lib, entry.name))
  return {
    program: path.join(folder, 'usr/bin/redis-server'),
    env: { LD_LIBRARY_PATH: [lib, ...folders].join(':') },
  }
}
