import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'

// Outlives the process that started it by a moment: when that has ended, however it did, its pipe closes here, and what
// it had left is stopped and removed. Each line adds a thing, `{ id, … }`, or drops one, `{ id }`.
const things = new Map()

process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('SIGHUP', () => {})
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, ...thing } = JSON.parse(line)
    if (Object.keys(thing).length === 0) things.delete(id)
    else things.set(id, thing)
  })
  .on('close', endAll)

function endAll() {
  const left = [...things.values()]
  const pids = left.filter(({ pid }) => pid !== undefined)
  for (const { pid, signal } of pids) send(pid, signal)
  // One that was stopped acts on a signal only when it goes on.
  for (const { pid } of pids) send(pid, 'SIGCONT')
  const giveUpAt = Date.now() + 3_000
  while (pids.some(({ pid }) => send(pid, 0)) && Date.now() < giveUpAt) sleep(20)
  for (const { pid } of pids) send(pid, 'SIGKILL')
  for (const { command } of left) if (command) attempt(() => execFileSync(command[0], command.slice(1)))
  // A process that is just ending may still write.
  const removal = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }
  for (const { folder } of left) if (folder) attempt(() => rmSync(folder, removal))
}

function send(pid, signal) {
  return attempt(() => process.kill(pid, signal))
}

function attempt(work) {
  try {
    work()
    return true
  } catch {
    return false
  }
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
