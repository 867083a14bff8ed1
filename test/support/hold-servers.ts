import { startPostgres } from './servers/start-postgres.ts'
import { startRedis } from './servers/start-redis.ts'
import { startS3 } from './servers/start-s3.ts'

// A process of its own for the tests that kill it: says which processes it started, then waits.
const started = await Promise.all([startRedis(), startS3(), startPostgres({ major: 15 })])
process.stdout.write(`${JSON.stringify(started.flatMap(({ nodes }) => nodes.map(({ pid }) => pid)))}\n`)
setInterval(() => {}, 60_000)
