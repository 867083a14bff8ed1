import { createServer } from 'node:net'

/**
 * Below the ports that systems give to outgoing connections, so that a server which is killed finds its own again, and
 * a client that tries it meanwhile does not connect to itself.
 */
const FIRST = 20_000
const LAST = 32_000

/** Different ports that are free on 127.0.0.1. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>()
  while (found.size < count) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST))
    if (!found.has(port) && (await isFree(port))) found.add(port)
  }
  return [...found]
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1)
  return port
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
