import { isIP, connect as netConnect, type Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { type ISocketFactoryArgs, Kafka, type KafkaConfig, logLevel, type RetryOptions } from 'kafkajs'
import type { KafkaConnection } from './connection.ts'

export interface KafkaClient {
  readonly kafka: Kafka
  /**
   * Breaks its connections and opens no other, so that nothing of it goes on behind our back: kafkajs retries what was
   * given up, and its `disconnect` waits for answers.
   */
  kill(): void
}

export interface ClientTimes {
  readonly requestTimeoutMs: number
  readonly retry: RetryOptions
}

const CONNECT_MS = 1_000
const KEEP_ALIVE_MS = 10_000

/**
 * A client of kafkajs of one's own: clients share what they know of a group's offsets when they share it. It logs
 * nothing, because it calls ERROR what it survives by itself; what it does not is thrown or told as a crash.
 */
export function openClient(
  connection: KafkaConnection,
  { requestTimeoutMs, retry }: ClientTimes,
): KafkaClient {
  const sockets = new Set<Socket>()
  let killed = false

  function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
    if (killed) throw new Error('the client is closed')
    const name = isIP(host) ? {} : { servername: host }
    const socket = ssl
      ? tlsConnect({ host, port, ...name, ...ssl }, onConnect)
      : netConnect({ host, port }, onConnect)
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    return socket
  }

  return {
    kafka: new Kafka({
      brokers: [...connection.brokers],
      clientId: connection.clientId,
      ...(connection.sasl ? { sasl: connection.sasl as NonNullable<KafkaConfig['sasl']> } : {}),
      ...(connection.tls ? { ssl: connection.tls } : {}),
      connectionTimeout: CONNECT_MS,
      authenticationTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      retry,
      socketFactory: openSocket,
      logLevel: logLevel.NOTHING,
    }),
    kill() {
      killed = true
      // With an error: of an end without one kafkajs would not hear.
      for (const socket of sockets) socket.destroy(new Error('the client is closed'))
    },
  }
}
