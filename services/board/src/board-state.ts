import type { Logger } from '@millrace/runtime/logger'
import type { BoardNumbers } from './read-board.ts'

/** What the page shows, as JSON in `/api/state` and in each message of `/events`. */
export interface BoardState extends BoardNumbers {
  /** When this was sent (ISO 8601), by the clock that `watermark` is of. */
  readonly sentAt: string
  /** `away`: the numbers are those of the last time that Postgres answered. */
  readonly database: 'ok' | 'away'
  readonly timeZone: string
  readonly setup: Setup
}

/** What a newcomer needs to send a first event. */
export interface Setup {
  readonly ingestUrl: string
  readonly publicKey: string | null
}

export interface BoardStateDeps {
  readBoard(now: Date): Promise<BoardNumbers>
  readonly now: () => Date
  readonly timeZone: string
  readonly setup: Setup
  readonly logger: Logger
}

const NOTHING: BoardNumbers = {
  days: [],
  kpis: [],
  watermark: null,
  pipeline: { topics: [], quarantine: { waiting: [], newest: [] } },
}

/** Keeps the latest numbers, also those of before Postgres went away. */
export function createBoardState({ readBoard, now, timeZone, setup, logger }: BoardStateDeps) {
  let shown = ''
  let numbers = NOTHING
  let problem: unknown = new Error('not read yet')
  let refreshedAt = Number.NEGATIVE_INFINITY

  function keep(read: BoardNumbers, found: unknown): boolean {
    if (found && !(problem && shown))
      logger.warn({ problem: messageOf(found) }, 'the board cannot read its numbers')
    numbers = read
    problem = found
    const before = shown
    shown = JSON.stringify([numbers, found ? 'away' : 'ok'])
    return shown !== before
  }

  return {
    /** Reads again; true when something that is shown changed. */
    async refresh(): Promise<boolean> {
      try {
        return keep(await readBoard(now()), undefined)
      } catch (error) {
        return keep(numbers, error)
      } finally {
        refreshedAt = performance.now()
      }
    },
    latest: (): BoardState => ({
      sentAt: now().toISOString(),
      database: problem ? 'away' : 'ok',
      timeZone,
      setup,
      ...numbers,
    }),
    /** Since the last refresh, whatever came of it. */
    ageSeconds: () => (performance.now() - refreshedAt) / 1000,
    /** What the last refresh failed with. */
    problem: () => problem,
  }
}

/** Only the message: pg hangs its settings on an error. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : 'unknown'
}
