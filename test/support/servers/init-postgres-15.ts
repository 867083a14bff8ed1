import { randomBytes } from 'node:crypto'
import { appendFile, chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Account } from '@millrace/runtime/embedded-postgres/postgres-account'
import { runProgram } from '@millrace/runtime/embedded-postgres/run-program'

export interface InitOptions {
  readonly folder: string
  readonly initdb: string
  readonly account: Account | undefined
}

const SETTINGS = `
unix_socket_directories = ''
timezone = 'UTC'
log_timezone = 'UTC'
jit = off
`

/** The files that `millrace up` makes for its Postgres, by an initdb that does not know `--set` yet. */
export async function initPostgres15({ folder, initdb, account }: InitOptions): Promise<void> {
  const data = path.join(folder, 'data')
  const passwordForInitdb = path.join(folder, 'initial-password')
  const password = `${randomBytes(24).toString('hex')}\n`
  await mkdir(data, { recursive: true })
  await chmod(folder, account ? 0o711 : 0o700)
  await chmod(data, 0o700)
  await writeFile(path.join(folder, 'password'), password, { mode: 0o600 })
  await writeFile(passwordForInitdb, password, { mode: 0o600 })
  if (account) {
    await chown(data, account.uid, account.gid)
    await chown(passwordForInitdb, account.uid, account.gid)
  }
  const common = ['--encoding=UTF8', '--locale=C', '--auth=scram-sha-256', '--username=postgres']
  const quick = [`--pwfile=${passwordForInitdb}`, '--no-sync', '--no-instructions']
  await runProgram(initdb, ['-D', data, ...common, ...quick], { account, cwd: data })
  await rm(passwordForInitdb)
  await appendFile(path.join(data, 'postgresql.conf'), SETTINGS)
}
