import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { cachedInstall } from './cached-install.ts'
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
    make: fetchPackages,
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

async function fetchPackages(folder: string): Promise<void> {
  const state = path.join(folder, 'apt')
  await download(state, []).catch(async () => {
    // No package lists, as in most images, or old ones: lists of our own need no rights.
    await rm(state, { recursive: true, force: true })
    const lists = path.join(state, 'lists')
    await mkdir(path.join(lists, 'partial'), { recursive: true })
    const own = ['-o', `Dir::State::Lists=${lists}`, '-o', 'APT::Sandbox::User=']
    await runInstaller('apt-get', [...own, ...cacheOptions(state), 'update', '-qq'])
    await download(state, own)
  })
  for (const file of await readdir(state)) {
    if (file.endsWith('.deb')) await runInstaller('dpkg', ['-x', path.join(state, file), folder])
  }
  await rm(state, { recursive: true })
}

/** The packages that apt would install, those that the system has left out. */
async function download(state: string, options: readonly string[]): Promise<void> {
  await mkdir(path.join(state, 'archives/partial'), { recursive: true })
  const apt = [...options, ...cacheOptions(state), '-o', 'Debug::NoLocking=1']
  const wanted = ['install', '--print-uris', '-qq', '-y', '--no-install-recommends', 'redis-server']
  const listed = await runInstaller('apt-get', [...apt, ...wanted])
  // 'address' name_version_architecture.deb size hash
  const names = [...listed.matchAll(/^'[^']*' ([^_ ]+)_/gm)].flatMap(([, name]) => name ?? [])
  if (!names.includes('redis-server')) throw new Error('the system has no package redis-server')
  await runInstaller('apt-get', [...apt, 'download', '-qq', ...names], { cwd: state })
}

const cacheOptions = (state: string): readonly string[] => ['-o', `Dir::Cache=${state}`]

/** As `debian-12`: another system has other libraries. */
async function systemName(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const field = (key: string): string =>
    new RegExp(`^${key}="?([\\w.-]+)`, 'm').exec(release)?.[1] ?? process.platform
  return `${field('ID')}-${field('VERSION_ID')}-${process.arch}`
}
