import { Fault } from '@millrace/contracts/fault'
import type { JobQueue } from '@millrace/job-queue/job-queue'
import { openJobQueue } from '@millrace/job-queue/open-job-queue'
import { queueFields } from '@millrace/runtime/connection-fields'
import { readConfig } from '@millrace/runtime/read-config'
import { z } from 'zod'
import type { CommandDeps } from '../command-deps.ts'
import { noteSurvived } from '../note-survived.ts'

/**
 * Gives the work the queue of REDIS_URL, and closes it after.
 * @throws Fault `config_invalid` when there is none: jobs in process are another process's.
 */
export async function useQueue<T>(
  { env, note, now }: CommandDeps,
  work: (queue: JobQueue) => Promise<T>,
): Promise<T> {
  const config = readConfig(z.object(queueFields), env)
  if (!config.REDIS_URL) {
    throw new Fault(
      'config_invalid',
      'REDIS_URL: set it to the Redis of the jobs service; without one, jobs live and end in its process',
    )
  }
  const queue = await openJobQueue(config, { now, onError: noteSurvived(note) })
  try {
    return await work(queue)
  } finally {
    await queue.close()
  }
}
