import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createSockets } from './create-sockets.ts'

/** Takes connections and says nothing. */
async function startServer(): Promise<number> {
  const peers = new Set<Socket>()
  const server = createServer((peer) => void peers.add(peer.on('error', () => undefined)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const peer of peers) peer.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

function open(port: number, { connectMs = 1_000, ssl }: { connectMs?: number; ssl?: object } = {}) {
  const sockets = createSockets(connectMs)
  onTestFinished(sockets.kill)
  const wanted = { host: '127.0.0.1', port, ssl: ssl as object, onConnect: () => undefined }
  const socket = sockets.open(wanted).on('error', () => undefined)
  return { sockets, wanted, socket }
}

test('of a socket that is closed one may let go again and again: nothing is kept for it', async () => {
  const { socket } = open(await startServer())
  await once(socket, 'connect')
  socket.destroy()
  await once(socket, 'close')
  for (let tries = 0; tries < 20; tries++) {
    socket.end()
    socket.unref()
  }
  expect(socket.listenerCount('connect')).toBe(0)
})

test('a connection that is not made in time breaks, one that was made stays', async () => {
  const port = await startServer()
  // The server never answers the handshake.
  const { socket } = open(port, { connectMs: 50, ssl: {} })
  const [error] = await once(socket, 'error')
  expect(error).toMatchObject({ message: 'no connection within 50 ms' })
  expect(socket.destroyed).toBe(true)
  const { socket: plain } = open(port, { connectMs: 50 })
  await once(plain, 'connect')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(plain.destroyed).toBe(false)
})

test('a kill breaks what is open, with an error, and opens no other', async () => {
  const { sockets, wanted, socket } = open(await startServer())
  await once(socket, 'connect')
  sockets.kill()
  const [error] = await once(socket, 'error')
  expect(error).toMatchObject({ message: 'the client is closed' })
  expect(() => sockets.open(wanted)).toThrow('the client is closed')
})
