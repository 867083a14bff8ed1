import path from 'node:path'
import { askTcp } from './ask-tcp.ts'
import { freePort } from './free-ports.ts'
import { installRedis } from './install-redis.ts'
import { createServerNode, type ServerNodes } from './server-node.ts'
import { startNode } from './start-node.ts'
import { openFolder } from './temporary-folder.ts'

export interface StartRedisOptions {
  /** Kept after the stop; a temporary one unless given. */
  readonly folder?: string
  /** Every write is on disk before it is answered, so that a kill loses none. Off unless given. */
  readonly durable?: boolean
}

export interface StartedRedis {
  readonly url: string
  readonly nodes: ServerNodes
  stop(): Promise<void>
}

/** A Redis 7 of the caller's own. @throws ServerMissing */
export async function startRedis({
  folder: given,
  durable = false,
}: StartRedisOptions = {}): Promise<StartedRedis> {
  const { program, env } = await installRedis()
  const { folder, remove } = await openFolder('redis', given)
  const port = await freePort()
  const listen = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder]
  const keep = ['--save', '', '--appendonly', durable ? 'yes' : 'no', '--appendfsync', 'always']
  const node = createServerNode({
    title: 'Redis',
    command: [program, ...listen, ...keep, '--maxmemory-policy', 'noeviction'],
    env,
    cwd: folder,
    log: path.join(folder, 'redis.log'),
    isReady: async () => (await askTcp(`127.0.0.1:${port}`, 'PING\r\n')).toString().startsWith('+PONG'),
  })
  const stop = await startNode(node, remove)
  return { url: `redis://127.0.0.1:${port}`, nodes: [node], stop }
}
