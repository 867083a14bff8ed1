import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Environment, SERVERS } from './offered-servers.ts'
import { openServer } from './open-server.ts'
import { ServerMissing } from './server-missing.ts'

export interface ServerOffice {
  readonly url: string
  close(): Promise<void>
}

/** Starts a server when a test first asks for it, `GET /kafka`, and answers with its address; all stop with `close`. */
export async function openServerOffice(env: Environment): Promise<ServerOffice> {
  const opened = new Map<string, ReturnType<typeof openServer>>()
  const office = createServer(async ({ url = '' }, response) => {
    const name = url.slice(1)
    const choice = SERVERS[name]
    if (!choice) return answer(response, 404, { error: `there is no server ${name}` })
    const opening = opened.get(name) ?? openServer(choice, env)
    opened.set(name, opening)
    await opening.then(
      ({ address }) => answer(response, 200, address),
      (error: Error) =>
        error instanceof ServerMissing
          ? answer(response, 503, { missing: error.message })
          : answer(response, 500, { error: error.message }),
    )
  })
  await new Promise<void>((resolve) => office.listen(0, '127.0.0.1', resolve))
  // It must not keep vitest from ending.
  office.unref()
  return {
    url: `http://127.0.0.1:${(office.address() as AddressInfo).port}`,
    async close() {
      await closeServer(office)
      const results = await Promise.allSettled(opened.values())
      await Promise.all(results.map((result) => (result.status === 'fulfilled' ? result.value.stop() : null)))
    },
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
