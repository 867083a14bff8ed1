import type { Archive } from '@millrace/archive/archive'
import { oldestSpooledAt } from '@millrace/archive/spool'
import { IN_FLIGHT_MS } from '@millrace/contracts/in-flight'
import type { Logger } from '@millrace/runtime/logger'
import { repeat } from '@millrace/runtime/repeat'

export interface SpoolWatchDeps {
  readonly archive: Pick<Archive, 'list'>
  readonly now: () => Date
  readonly logger: Logger
  /** 1 unless given: a request of S3 each time. */
  readonly everySeconds?: number
}

export interface SpoolWatch {
  /**
   * If the log held what it held at `at`: all that was received up to the time returned, less what was in flight then
   * (IN_FLIGHT_MS), was in the log. Undefined when the spool was not looked at before.
   */
  inLogUntil(at: Date): Date | undefined
  close(): Promise<void>
}

interface Look {
  readonly from: number
  readonly until: number
  /** When the oldest event was received that the spool held. */
  readonly oldest: number
}

/** More than an hour, once a second; older ones are thinned out. */
const MAX_LOOKS = 4_000

/**
 * Looks at the spool again and again. What waits there is not in the log. An event that was stored before a look began
 * is found by it, or was published before: so a look must be over when the log is asked for its end, never the other way
 * round: a job that publishes and deletes in between would hide the event from both. A loader that is behind uses the
 * look that was over when its record was received. While the archive cannot be asked, there are no newer looks.
 */
export function watchSpool({ archive, now, logger, everySeconds = 1 }: SpoolWatchDeps): SpoolWatch {
  let looks: Look[] = []
  let failing = false

  async function look(): Promise<void> {
    const from = now().getTime()
    const oldest = (await oldestSpooledAt(archive))?.getTime() ?? Number.POSITIVE_INFINITY
    looks.push({ from, until: now().getTime(), oldest })
    if (looks.length > MAX_LOOKS) looks = looks.filter((_, place) => place % 2 === 0 || place > MAX_LOOKS / 2)
    if (failing) logger.info('the spool can be asked again')
    failing = false
  }

  const looking = repeat(look, {
    seconds: everySeconds,
    onError(error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (!failing) logger.warn({ reason }, 'the spool cannot be asked: the watermark waits')
      failing = true
    },
  })
  void looking.next()

  return {
    inLogUntil(at) {
      const time = at.getTime()
      // Not of the same millisecond, of which nobody knows what came first.
      const last = looks.findLast(({ until }) => until < time)
      return last && new Date(Math.min(time, last.from, last.oldest + IN_FLIGHT_MS))
    },
    close: looking.close,
  }
}
