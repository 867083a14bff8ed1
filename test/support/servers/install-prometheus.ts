import path from 'node:path'
import { cachedInstall } from './cached-install.ts'
import { fetchPackages, systemName } from './install-packages.ts'
import { succeeds } from './run-installer.ts'

/** Prometheus's promtool: the system's, else one from the system's packages. @throws ServerMissing */
export async function installPromtool(): Promise<string> {
  if (await succeeds('promtool', ['--version'])) return 'promtool'
  const program = (folder: string): string => path.join(folder, 'usr/bin/promtool')
  const folder = await cachedInstall({
    title: 'Prometheus',
    name: `prometheus-${await systemName()}`,
    how: 'with apt-get, 20 MB',
    advice: 'Install Prometheus 2.42 or later, so that promtool is on the PATH.',
    make: (into) => fetchPackages(into, 'prometheus'),
    works: (made) => succeeds(program(made), ['--version']),
  })
  return program(folder)
}
