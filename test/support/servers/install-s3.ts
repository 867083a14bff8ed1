import { chmod } from 'node:fs/promises'
import path from 'node:path'
import { cachedInstall } from './cached-install.ts'
import { runInstaller } from './run-installer.ts'

/** It refuses wrong secrets and honours If-None-Match, which not every S3 server for tests does. */
export const S3_VERSION = '1.8.0'

/** The program of the S3 server. @throws ServerMissing */
export async function installS3(): Promise<string> {
  const folder = await cachedInstall({
    title: `versitygw ${S3_VERSION}`,
    name: `versitygw-${S3_VERSION}`,
    how: 'with Go, which builds it in one to three minutes, 85 MB',
    advice:
      'Install Go 1.25 or later, or start a container engine, or set TEST_S3_ENDPOINT, TEST_S3_ACCESS_KEY and TEST_S3_SECRET_KEY to an S3 server of your own.',
    async make(draft) {
      const source = `github.com/versity/versitygw/cmd/versitygw@v${S3_VERSION}`
      await runInstaller('go', ['install', source], { cwd: draft, env: { GOBIN: draft } })
      await chmod(path.join(draft, 'versitygw'), 0o755)
    },
  })
  return path.join(folder, 'versitygw')
}
