import { execFile } from 'node:child_process'
import type { Account } from './postgres-account.ts'

export interface RunOptions {
  readonly account?: Account | undefined
  readonly cwd?: string
}

/**
 * Runs a program to its end and returns its stdout.
 * @throws Error with the program's own words when it cannot run or ends with another code than 0.
 */
export function runProgram(
  file: string,
  args: readonly string[],
  { account, cwd = '/' }: RunOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const ids = account ? { uid: account.uid, gid: account.gid } : {}
    execFile(file, args, { cwd, env: PLAIN_ENVIRONMENT, ...ids }, (error, stdout, stderr) => {
      if (error) reject(new Error(stderr.trim() || error.message, { cause: error }))
      else resolve(stdout)
    })
  })
}

/** PG… variables of the caller must not reach the server, and its words are read in English. */
export const PLAIN_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
