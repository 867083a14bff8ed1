import type { Redis } from 'ioredis'

const OLDEST = [6, 2]

/** Why this Redis should not hold a queue, in one sentence each; empty for a good one. */
export async function checkRedis(redis: Redis): Promise<readonly string[]> {
  const info = await redis.info()
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1]
  const version = /^redis_version:(\d+)\.(\d+)/m.exec(info)?.slice(1).map(Number)
  return [
    ...(policy && policy !== 'noeviction'
      ? [`Redis may throw jobs away: its maxmemory-policy is ${policy}, set it to noeviction`]
      : []),
    ...(version && isOlder(version, OLDEST)
      ? [`Redis ${version.join('.')} is too old: ${OLDEST.join('.')} or later is needed`]
      : []),
  ]
}

function isOlder(
  [major = 0, minor = 0]: readonly number[],
  [leastMajor = 0, leastMinor = 0]: readonly number[],
): boolean {
  return major < leastMajor || (major === leastMajor && minor < leastMinor)
}
