import { checkRedis } from './bullmq/check-redis.ts'
import { connectRedis } from './bullmq/redis-connection.ts'

/** Why this Redis should not hold a queue, in one sentence each; empty for a good one. @throws Fault `queue_unavailable` */
export async function inspectRedis(url: string): Promise<readonly string[]> {
  const redis = connectRedis({ url, onError: () => undefined })
  try {
    return await redis.call(() => checkRedis(redis.forCalls))
  } finally {
    redis.close()
  }
}
