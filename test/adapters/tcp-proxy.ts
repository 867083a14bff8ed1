import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

export interface TcpProxy {
  readonly port: number
  /** `cut`: connections break and new ones are reset; `silent`: nothing passes, nothing is said. */
  set(mode: 'open' | 'cut' | 'silent'): void
  /** Falls silent when the server has said so many bytes more. */
  limit(bytes: number): void
  close(): Promise<void>
}

/** Stands between a client and a server, to take the server away as a network does. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  let mode: 'open' | 'cut' | 'silent' = 'open'
  let left = Number.POSITIVE_INFINITY
  const sockets = new Set<Socket>()
  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from)
    from.on('data', (bytes) => {
      if (mode === 'open') to.write(bytes)
    })
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      // Not even an end is said; the next change of mode ends the other side.
      if (mode !== 'silent') to.destroy()
    })
  }
  const server = createServer((client) => {
    if (mode === 'cut') {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(target)
    upstream.on('data', (bytes) => {
      left -= bytes.length
      if (left < 0) mode = 'silent'
    })
    pass(client, upstream)
    pass(upstream, client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      mode = next
      left = Number.POSITIVE_INFINITY
      // After a silence the two ends have lost each other's bytes.
      if (next !== 'silent') for (const socket of sockets) socket.destroy()
    },
    limit(bytes) {
      left = bytes
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
