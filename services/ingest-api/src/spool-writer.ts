import type { Archive } from '@millrace/archive/archive'
import { addToSpool } from '@millrace/archive/spool'
import { Fault } from '@millrace/contracts/fault'
import type { TopicRecords } from '@millrace/event-log/event-log'
import { endsWithin } from '@millrace/runtime/ends-within'

export interface SpoolWriterDeps {
  readonly archive: Pick<Archive, 'putIfAbsent'>
  /** A put that takes longer is given up; it may be stored later nevertheless. */
  readonly maxPutMs: number
}

export type SpoolWriter = (batches: readonly TopicRecords[], receivedAt: Date) => Promise<void>

/** They hold their bodies in memory until the archive lets go of them. */
const MOST_GIVEN_UP = 3

/**
 * Stores a group of batches in the spool, in time or not at all as far as their senders are told.
 * @throws Fault `archive_unavailable` whatever the archive has against it: to those who send, a wrong bucket is weather.
 */
export function createSpoolWriter({ archive, maxPutMs }: SpoolWriterDeps): SpoolWriter {
  let givenUp = 0
  return async (batches, receivedAt) => {
    if (givenUp >= MOST_GIVEN_UP) {
      throw new Fault('archive_unavailable', 'Earlier batches are still on their way to the spool')
    }
    const put = addToSpool(archive, batches, receivedAt).catch((cause: Error) => {
      throw new Fault('archive_unavailable', `Could not spool: ${cause.message}`, { cause })
    })
    if (await endsWithin(maxPutMs, put)) return
    givenUp += 1
    void put.then(forget, forget)
    throw new Fault('archive_unavailable', `Could not spool: no answer within ${maxPutMs} ms`)
  }

  function forget(): void {
    givenUp -= 1
  }
}
