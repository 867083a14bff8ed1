import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { runInstaller } from './run-installer.ts'

/** The system's package, and those that it needs and the system lacks, unpacked into a folder: nobody has to be root. */
export async function fetchPackages(folder: string, name: string): Promise<void> {
  const state = path.join(folder, 'apt')
  await download(state, name, []).catch(async () => {
    // No package lists, as in most images, or old ones: lists of our own need no rights.
    await rm(state, { recursive: true, force: true })
    const lists = path.join(state, 'lists')
    await mkdir(path.join(lists, 'partial'), { recursive: true })
    const own = ['-o', `Dir::State::Lists=${lists}`, '-o', 'APT::Sandbox::User=']
    await runInstaller('apt-get', [...own, ...cacheOptions(state), 'update', '-qq'])
    await download(state, name, own)
  })
  for (const file of await readdir(state)) {
    if (file.endsWith('.deb')) await runInstaller('dpkg', ['-x', path.join(state, file), folder])
  }
  await rm(state, { recursive: true })
}

async function download(state: string, name: string, options: readonly string[]): Promise<void> {
  await mkdir(path.join(state, 'archives/partial'), { recursive: true })
  const apt = [...options, ...cacheOptions(state), '-o', 'Debug::NoLocking=1']
  const wanted = ['install', '--print-uris', '-qq', '-y', '--no-install-recommends', name]
  const listed = await runInstaller('apt-get', [...apt, ...wanted])
  // 'address' name_version_architecture.deb size hash
  const names = [...listed.matchAll(/^'[^']*' ([^_ ]+)_/gm)].flatMap(([, found]) => found ?? [])
  if (!names.includes(name)) throw new Error(`the system has no package ${name}`)
  await runInstaller('apt-get', [...apt, 'download', '-qq', ...names], { cwd: state })
}

const cacheOptions = (state: string): readonly string[] => ['-o', `Dir::Cache=${state}`]

/** As `debian-12`: another system has other libraries. */
export async function systemName(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const field = (key: string): string =>
    new RegExp(`^${key}="?([\\w.-]+)`, 'm').exec(release)?.[1] ?? process.platform
  return `${field('ID')}-${field('VERSION_ID')}-${process.arch}`
}
