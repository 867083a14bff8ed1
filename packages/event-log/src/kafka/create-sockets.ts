import { isIP, connect as netConnect, type Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import type { ISocketFactoryArgs } from 'kafkajs'

/** The connections of one client of kafkajs. */
export interface Sockets {
  /** One that is not connected in time breaks. @throws Error after `kill`. */
  open(wanted: ISocketFactoryArgs): Socket
  /** Breaks them all, and opens no other. */
  kill(): void
}

const KEEP_ALIVE_MS = 10_000

export function createSockets(connectMs: number): Sockets {
  const sockets = new Set<Socket>()
  let killed = false
  return {
    open({ host, port, ssl, onConnect }) {
      if (killed) throw new Error('the client is closed')
      const name = isIP(host) ? {} : { servername: host }
      const socket = ssl
        ? tlsConnect({ host, port, ...name, ...ssl }, onConnect)
        : netConnect({ host, port }, onConnect)
      socket.setKeepAlive(true, KEEP_ALIVE_MS)
      socket.setNoDelay(true)
      sockets.add(socket)
      // kafkajs only ends one that is late, takes it for connected when it is after all, and breaks the next one then.
      const late = setTimeout(
        () => socket.destroy(new Error(`no connection within ${connectMs} ms`)),
        connectMs,
      )
      socket.once(ssl ? 'secureConnect' : 'connect', () => clearTimeout(late))
      socket.once('close', () => {
        clearTimeout(late)
        sockets.delete(socket)
        // kafkajs lets go of it at each try that fails from then on, for which Node keeps a listener each time.
        socket.unref = () => socket
      })
      return socket
    },
    kill() {
      killed = true
      // With an error: of an end without one kafkajs would not hear.
      for (const socket of sockets) socket.destroy(new Error('the client is closed'))
    },
  }
}
