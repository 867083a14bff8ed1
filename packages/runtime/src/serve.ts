import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Fault } from '@millrace/contracts/fault'
import { answerBrokenRequest } from './answer-broken-request.ts'

export interface ServeOptions {
  /** 0 takes a free port. */
  readonly port: number
  readonly host: string
  /** The body, as JSON, of the answer to what cannot be read as a request; without it that is answered without a body. */
  readonly brokenRequestBody?: (detail: string) => unknown
}

export interface RunningServer {
  readonly port: number
  readonly url: string
  /** Refuses new connections, answers the requests under way with `Connection: close`, then drops what is idle. Event streams are ended: they have no end of their own. */
  close(): Promise<void>
}

/** @throws Fault `config_invalid` when the port is taken or the address is not ours. */
export async function serve(app: RequestListener, options: ServeOptions): Promise<RunningServer> {
  const { port, host, brokenRequestBody } = options
  const underWay = new Set<ServerResponse>()
  let closing = false
  const dropWhenIdle = (): void => {
    if (closing && underWay.size === 0) server.closeAllConnections()
  }
  const server = createServer((request, response) => {
    // Without it a busy keep-alive client holds the server open: node alone lets such a connection go on.
    if (closing) response.setHeader('Connection', 'close')
    underWay.add(response)
    response.once('close', () => {
      underWay.delete(response)
      dropWhenIdle()
    })
    return app(request, response)
  })
  if (brokenRequestBody) {
    server.on('clientError', ({ code }: NodeJS.ErrnoException, socket) => {
      // A connection that broke, or whose answer has begun, has no use for another one.
      const isAnswering = [...underWay].some((response) => response.socket === socket && response.headersSent)
      if (code === 'ECONNRESET' || !socket.writable || isAnswering) socket.destroy()
      else answerBrokenRequest(socket, code, brokenRequestBody)
    })
  }
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
        closing = true
        for (const response of underWay) {
          if (!response.headersSent) response.setHeader('Connection', 'close')
          else if (isEventStream(response)) response.end()
        }
        server.close(() => resolve())
        server.closeIdleConnections()
        dropWhenIdle()
      }),
  }
}

function isEventStream(response: ServerResponse): boolean {
  return String(response.getHeader('Content-Type')).startsWith('text/event-stream')
}
