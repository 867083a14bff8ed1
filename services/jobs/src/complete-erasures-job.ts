import { setTimeout as sleep } from 'node:timers/promises'
import type { Archive } from '@millrace/archive/archive'
import { deleteTombstones, listTombstones } from '@millrace/archive/erase/tombstone-objects'
import { oldestSpooledAt } from '@millrace/archive/spool'
import { Fault } from '@millrace/contracts/fault'
import type { EventLog } from '@millrace/event-log/event-log'
import type { JobData } from '@millrace/job-queue/job-queue'
import { readOutlived, readUnfinished } from '@millrace/warehouse/erase/erasures'
import type { Pool } from 'pg'
import { createEraser } from './create-eraser.ts'
import type { Job } from './job.ts'

export interface CompleteErasuresDeps {
  readonly pool: Pool
  readonly archive: Archive
  readonly log: Pick<EventLog, 'ranges' | 'positions' | 'keptFor'>
  readonly now: () => Date
}

const EVERY_SECONDS = 60
/** The next run goes on. */
const WAIT_SECONDS = 5

/**
 * Ends erasures whose process was killed, or whose archiver was behind. Takes tombstones out of the archive when neither
 * log nor spool can hold anything of before the erasure: the archiver reads all that are there.
 */
export function createCompleteErasuresJob(deps: CompleteErasuresDeps): Job {
  const { pool } = deps
  const eraser = createEraser({
    ...deps,
    waitSeconds: WAIT_SECONDS,
    sleep: (ms) => sleep(ms),
    progress: () => undefined,
  })
  return {
    name: 'complete_erasures',
    schedule: { everySeconds: EVERY_SECONDS },
    async run() {
      const done = (await readUnfinished(pool)).length > 0 ? await complete() : {}
      return { ...done, tombstonesDeleted: await deleteOutlived(deps) }
    },
  }

  async function complete(): Promise<JobData> {
    try {
      const receipts = await eraser.resume()
      const pending = receipts.filter((receipt) => receipt.pending.length > 0).length
      return { finished: receipts.length - pending, pending }
    } catch (error) {
      if (error instanceof Fault && error.code === 'already_running') return { running: true }
      throw error
    }
  }
}

async function deleteOutlived({ pool, archive, now }: CompleteErasuresDeps): Promise<number> {
  const there = await listTombstones(archive)
  if (there.length === 0) return 0
  const spooledSince = (await oldestSpooledAt(archive)) ?? now()
  const outlived = await readOutlived(pool, there, spooledSince)
  for (const erasureId of outlived) await deleteTombstones(archive, erasureId)
  return outlived.length
}
