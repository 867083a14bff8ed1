import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Closable } from '@millrace/runtime/close-on-signal'
import { isAlive } from '@millrace/runtime/embedded-postgres/is-alive'
import { z } from 'zod'

/** Where the services of a running `millrace up` answer, as `http://127.0.0.1:8080`, and its process id. */
const Addresses = z.object({
  pid: z.int(),
  api: z.url(),
  board: z.url(),
  exporter: z.url(),
  loader: z.url(),
  archiver: z.url(),
  jobs: z.url(),
})
export type Addresses = z.output<typeof Addresses>

/** Lets the other commands find this process, whatever its ports are, until it is closed. */
export async function keepAddresses(dataDir: string, addresses: Omit<Addresses, 'pid'>): Promise<Closable> {
  const file = addressesFile(dataDir)
  const draft = `${file}.${process.pid}`
  await writeFile(draft, `${JSON.stringify({ pid: process.pid, ...addresses }, null, 2)}\n`)
  await rename(draft, file)
  return {
    async close() {
      // With a database of one's own a second process may have taken the folder over.
      if ((await readAddresses(dataDir))?.pid === process.pid) await rm(file, { force: true })
    },
  }
}

/** Undefined when no `millrace up` runs on that folder; what a killed one left behind does not count. */
export async function readAddresses(dataDir: string): Promise<Addresses | undefined> {
  try {
    const addresses = Addresses.parse(JSON.parse(await readFile(addressesFile(dataDir), 'utf8')))
    return isAlive(addresses.pid) ? addresses : undefined
  } catch {
    return undefined
  }
}

function addressesFile(dataDir: string): string {
  return path.join(dataDir, 'addresses.json')
}
