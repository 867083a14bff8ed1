import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Fault } from '@millrace/contracts/fault'

export interface ServeOptions {
  /** 0 takes a free port. */
  readonly port: number
  readonly host: string
}

export interface RunningServer {
  readonly port: number
  readonly url: string
  /** Refuses new connections, lets the requests under way finish, closes idle keep-alive connections at once. */
  close(): Promise<void>
}

/** @throws Fault `config_invalid` when the port is taken or the address is not ours. */
export async function serve(app: RequestListener, { port, host }: ServeOptions): Promise<RunningServer> {
  const server = createServer(app)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new Fault('config_invalid', `Cannot listen on ${host}:${port}: ${cause.code ?? cause.message}`, {
          cause,
        }),
      ),
    )
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    port: address.port,
    url: `http://${shownHost}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}
