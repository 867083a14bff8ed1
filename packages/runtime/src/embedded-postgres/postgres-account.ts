import { stat } from 'node:fs/promises'
import { Fault } from '@millrace/contracts/fault'
import { runProgram } from './run-program.ts'

/** A user of the system that Postgres runs as, where it cannot be our own. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/** Undefined: Postgres runs as the user that we are. As root it refuses to, so it gets user `postgres`, else `nobody`. */
export async function choosePostgresAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const account = (await accountOf('postgres')) ?? (await accountOf('nobody'))
  if (account) return account
  throw new Fault(
    'config_invalid',
    'Postgres does not run as root, and this system has neither a user postgres nor nobody. Set DATABASE_URL.',
  )
}

/** The owner of an existing data folder, which Postgres wants to run as; undefined where that is us. */
export async function ownerOf(folder: string): Promise<Account | undefined> {
  const { uid, gid } = await stat(folder)
  return uid === process.getuid?.() ? undefined : { uid, gid }
}

/** Whether the account can go into a folder. Its own rights decide, whatever they come from, so it is tried. */
export async function canReach(folder: string, account: Account): Promise<boolean> {
  return runProgram('/bin/sh', ['-c', 'cd "$0"', folder], { account }).then(
    () => true,
    () => false,
  )
}

async function accountOf(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([runProgram('id', ['-u', name]), runProgram('id', ['-g', name])])
    return { uid: Number(uid), gid: Number(gid) }
  } catch {
    return undefined
  }
}
