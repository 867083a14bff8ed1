import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** What becomes of a request: it passes; it is done but its answer gets lost; or it is answered here. */
export type Fate = 'pass' | 'lose the answer' | { readonly status: number; readonly body: string }

export interface HttpProxy {
  readonly url: string
  close(): Promise<void>
}

/** Stands between a client and an HTTP server, and decides the fate of each request. */
export async function startHttpProxy(
  target: string,
  decide: (request: IncomingMessage) => Fate,
): Promise<HttpProxy> {
  const server = createServer((incoming, outgoing) => {
    const fate = decide(incoming)
    const done = typeof fate === 'object' ? answer(incoming, outgoing, fate) : pass(incoming, outgoing, fate)
    done.catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse, fate: Fate): Promise<void> {
    const { method, headers, url } = incoming
    const body = await buffer(incoming)
    // The headers as they came, `host` too: they are signed.
    const upstream = request(new URL(url ?? '/', target), { method: method ?? 'GET', headers })
    const answered = new Promise<IncomingMessage>((resolve, reject) =>
      upstream.once('response', resolve).once('error', reject),
    )
    upstream.end(body)
    const response = await answered
    const content = await buffer(response)
    if (fate === 'lose the answer') incoming.socket.resetAndDestroy()
    else outgoing.writeHead(response.statusCode ?? 500, response.headers).end(content)
  }
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { status, body }: { readonly status: number; readonly body: string },
): Promise<void> {
  await buffer(incoming)
  outgoing.writeHead(status, { 'Content-Type': 'application/xml' }).end(body)
}
