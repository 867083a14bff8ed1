import { readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'

/** The port of the last start while it is free, so that an analyst's connection settings stay right; else a free one. */
export async function choosePort(folder: string): Promise<number> {
  const file = path.join(folder, 'port')
  const kept = Number(await readFile(file, 'utf8').catch(() => ''))
  if (kept > 0 && (await freePort(kept))) return kept
  const port = await freePort(0)
  if (!port) throw new Error('no free port on 127.0.0.1')
  await writeFile(file, `${port}\n`)
  return port
}

/** The port if it is free on 127.0.0.1 (0: any), else undefined. */
function freePort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const found = (server.address() as AddressInfo).port
      server.close(() => resolve(found))
    })
  })
}
