import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

/** What must not outlive this process: a process (a group when negative), a folder, or what a command undoes. */
export type Guarded =
  | { readonly pid: number; readonly signal: NodeJS.Signals }
  | { readonly folder: string }
  | { readonly command: readonly string[] }

let guardInput: Socket | undefined
let lastId = 0

/**
 * Has a thing stopped or removed when this process ends without doing so itself: Ctrl-C, a crash, kill -9. Call what it
 * returns when that is done.
 */
export function guard(thing: Guarded): () => void {
  guardInput ??= startGuard()
  const input = guardInput
  lastId += 1
  const id = lastId
  input.write(`${JSON.stringify({ id, ...thing })}\n`)
  return () => void input.write(`${JSON.stringify({ id })}\n`)
}

function startGuard(): Socket {
  const program = fileURLToPath(new URL('./guard-process.mjs', import.meta.url))
  // In a session of its own, so that Ctrl-C in the terminal does not end it.
  const child = spawn(process.execPath, [program], {
    cwd: '/',
    // Node options may name files of a test runner.
    env: { ...process.env, NODE_OPTIONS: '' },
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  child.unref()
  // A vitest worker that has lost its vitest would go on with its file, and nobody would hear of it.
  process.once('disconnect', () => process.exit(1))
  const input = child.stdin as Socket
  input.on('error', () => {})
  input.unref()
  return input
}
