import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { withinTime } from '../within-time.ts'
import type { KafkaConnection } from './connection.ts'
import { kafkaErrorType } from './kafka-error.ts'
import { type KafkaClient, openClient } from './open-client.ts'

/** Questions to the cluster, over connections that are made when they are first needed and again after a failure. */
export interface KafkaAdmin {
  /** @throws what kafkajs throws, or an Error when there was no answer in time. */
  ask<T>(question: (admin: Admin) => Promise<T>): Promise<T>
  close(): void
}

interface Session {
  readonly client: KafkaClient
  readonly connected: Promise<Admin>
}

const RETRY = { initialRetryTime: 100, factor: 0.2, multiplier: 2, maxRetryTime: 1_000, retries: 3 }
/** What a cluster answers for moments after a topic was made or a broker came or went. */
const PASSING = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'UNKNOWN_LEADER_EPOCH',
  'FENCED_LEADER_EPOCH',
])
const PAUSE_MS = 100

export function createAdmin(connection: KafkaConnection, timeoutMs: number): KafkaAdmin {
  let session: Session | undefined
  let closed = false

  function open(): Session {
    const client = openClient(connection, { requestTimeoutMs: timeoutMs, retry: RETRY })
    const admin = client.kafka.admin({ retry: RETRY })
    const connected = admin.connect().then(() => admin)
    connected.catch(() => undefined)
    return { client, connected }
  }

  async function tryOnce<T>(question: (admin: Admin) => Promise<T>, leftMs: number): Promise<T> {
    if (closed) throw new Error('the log is closed')
    session ??= open()
    const used = session
    try {
      return await withinTime(used.connected.then(question), leftMs)
    } catch (error) {
      // An answer, though a bad one, came over a connection that works.
      if (kafkaErrorType(error) === undefined) {
        used.client.kill()
        if (session === used) session = undefined
      }
      throw error
    }
  }

  return {
    async ask(question) {
      const giveUpAt = performance.now() + timeoutMs
      for (;;) {
        try {
          return await tryOnce(question, giveUpAt - performance.now())
        } catch (error) {
          const passes = PASSING.has(kafkaErrorType(error) ?? '')
          if (!passes || performance.now() + PAUSE_MS > giveUpAt) throw error
        }
        await sleep(PAUSE_MS)
      }
    },
    close() {
      closed = true
      session?.client.kill()
      session = undefined
    },
  }
}
