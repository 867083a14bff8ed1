import { appendFileSync } from 'node:fs'
import { createBullmqQueue } from '@millrace/job-queue/bullmq'

/** A process to be killed: takes one job and never ends it; writes a line when it has begun. */
const [url = '', prefix = '', holdSeconds = '', file = ''] = process.argv.slice(2)
const queue = createBullmqQueue({ url, prefix, holdSeconds: Number(holdSeconds), onError: () => {} })
await queue.work({
  runners: {
    endless: async ({ progress }) => {
      await progress({ by: 'the one that is killed' })
      appendFileSync(file, 'begun\n')
      return new Promise(() => {})
    },
  },
})
