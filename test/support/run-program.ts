import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface RunningProgram {
  readonly child: ChildProcess
  /** All that it has written so far. */
  output(): string
  stdout(): string
  stderr(): string
  /** The first whole line of stdout, or a rejection with what it wrote when it ended before. */
  readonly firstLine: Promise<string>
  /** Its exit code, -1 after a signal. */
  readonly ended: Promise<number>
}

/** Runs a TypeScript file of `test/support` in a Node of its own. */
export function runTypeScript(
  file: string,
  args: readonly string[],
  options: SpawnOptions = {},
): RunningProgram {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm')).href
  const path = fileURLToPath(new URL(file, import.meta.url))
  return runProgram(process.execPath, ['--import', tsx, path, ...args], options)
}

/** Runs `millrace`; only the given variables and the PATH are its environment. */
export function runMillrace(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningProgram {
  return runProgram(process.execPath, [`${ROOT}/services/cli/bin/millrace.mjs`, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  })
}

function runProgram(command: string, args: readonly string[], options: SpawnOptions): RunningProgram {
  const child = spawn(command, args, { cwd: ROOT, ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let stdout = ''
  let stderr = ''
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)))
  const firstLine = new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk
      output += chunk
      const end = stdout.indexOf('\n')
      if (end >= 0) resolve(stdout.slice(0, end))
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk
      output += chunk
    })
    void ended.then((code) => reject(new Error(`ended with ${code}:\n${output}`)))
  })
  // Who only waits for the end need not look at the line.
  firstLine.catch(() => {})
  return { child, output: () => output, stdout: () => stdout, stderr: () => stderr, firstLine, ended }
}
