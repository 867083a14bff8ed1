import { randomUUID } from 'node:crypto'
import { openArchive } from '@millrace/archive/open-archive'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { inspectTopics } from '@millrace/event-log/inspect-topics'
import { inspectRedis } from '@millrace/job-queue/inspect-redis'
import type { Config } from '../up/config.ts'
import { type Finding, failed, ok, warning } from './finding.ts'

/** Kafka, the bucket and Redis, each only where it is configured. */
export async function checkParts(config: Config): Promise<Finding[]> {
  return [
    ...(config.KAFKA_BROKERS ? await checkKafka({ ...config, KAFKA_BROKERS: config.KAFKA_BROKERS }) : []),
    ...(config.S3_BUCKET ? [await checkBucket(config)] : []),
    ...(config.REDIS_URL ? await checkRedis(config.REDIS_URL) : []),
  ]
}

async function checkKafka(
  config: Config & { readonly KAFKA_BROKERS: readonly string[] },
): Promise<Finding[]> {
  const place = config.KAFKA_BROKERS.join(', ')
  try {
    const topics = await inspectTopics(config, [EVENTS_TOPIC, QUARANTINE_TOPIC])
    return [
      ok('kafka', `answers at ${place}`),
      ...topics.flatMap(({ topic, partitions, warnings }) => {
        if (partitions === 0) return [warning('topic', `${topic} is not made yet: the ingest API makes it`)]
        const problems = warnings.map((problem) => warning('topic', `${topic} ${problem}`))
        return problems.length > 0 ? problems : [ok('topic', `${topic}, ${partitions} partitions`)]
      }),
    ]
  } catch (error) {
    return [failed('kafka', `KAFKA_BROKERS: ${(error as Error).message}`)]
  }
}

/** With an object of its own, which it takes away again. */
async function checkBucket(config: Config): Promise<Finding> {
  const archive = await openArchive(config)
  const key = `doctor/${randomUUID()}`
  const body = Buffer.from('written by `millrace doctor`\n')
  try {
    if ((await archive.putIfAbsent(key, body, {})) !== 'created')
      return failed('bucket', 'S3_BUCKET: cannot be written')
    const again = await archive.putIfAbsent(key, body, {})
    const read = await archive.get(key)
    await archive.delete(key)
    if (again !== 'exists')
      return failed(
        'bucket',
        'S3_ENDPOINT: its server does not honour If-None-Match: archivers would overwrite each other',
      )
    return read
      ? ok('bucket', `${config.S3_BUCKET} can be read and written, and honours If-None-Match`)
      : failed('bucket', 'S3_BUCKET: what was written cannot be read')
  } catch (error) {
    return failed('bucket', `S3_BUCKET: ${(error as Error).message}`)
  } finally {
    await archive.close()
  }
}

async function checkRedis(url: string): Promise<Finding[]> {
  const place = new URL(url).host
  try {
    const problems = await inspectRedis(url)
    if (problems.length === 0) return [ok('redis', `answers at ${place}, and keeps its jobs`)]
    return problems.map((problem) => warning('redis', problem))
  } catch (error) {
    return [failed('redis', `REDIS_URL: ${(error as Error).message}`)]
  }
}
