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
  asked: number
  answered: number
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
/** kafkajs asks for every topic that it was ever asked for: one that was deleted since makes it say so of all others. */
const UNKNOWN_TOPIC = 'UNKNOWN_TOPIC_OR_PARTITION'
const PAUSE_MS = 100

export function createAdmin(connection: KafkaConnection, timeoutMs: number): KafkaAdmin {
  let session: Session | undefined
  let turn = 0
  let closed = false

  function open(): Session {
    const client = openClient(connection, { requestTimeoutMs: timeoutMs, retry: RETRY, turn: turn++ })
    const admin = client.kafka.admin({ retry: RETRY })
    const connected = admin.connect().then(() => admin)
    connected.catch(() => undefined)
    return { client, connected, asked: 0, answered: 0 }
  }

  function current(): Session {
    if (closed) throw new Error('the log is closed')
    session ??= open()
    return session
  }

  async function tryOnce<T>(
    question: (admin: Admin) => Promise<T>,
    used: Session,
    leftMs: number,
  ): Promise<T> {
    used.asked += 1
    try {
      return await withinTime(used.connected.then(question), leftMs)
    } catch (error) {
      const type = kafkaErrorType(error)
      // Any other answer, though a bad one, came over a connection that works.
      if (type === undefined) used.client.kill()
      if (session === used && (type === undefined || type === UNKNOWN_TOPIC)) session = undefined
      throw error
    } finally {
      used.answered += 1
      if (session !== used && used.answered === used.asked) used.client.kill()
    }
  }

  return {
    async ask(question) {
      const giveUpAt = performance.now() + timeoutMs
      for (;;) {
        const used = current()
        const isFirst = used.asked === 0
        try {
          return await tryOnce(question, used, giveUpAt - performance.now())
        } catch (error) {
          const type = kafkaErrorType(error) ?? ''
          const passes = PASSING.has(type) || (type === UNKNOWN_TOPIC && !isFirst)
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
