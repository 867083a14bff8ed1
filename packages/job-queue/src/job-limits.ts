import { Fault } from '@millrace/contracts/fault'
import { Cron } from 'croner'
import type { Schedule } from './job-queue.ts'

/** What both adapters promise alike. */

export const DEFAULT_ATTEMPTS = 5

/** Of finished jobs, done and dead apart. */
export const KEPT = { count: 1_000, ageSeconds: 30 * 86_400 }

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 5 * 60_000

/** How long a job waits after so many failed tries. */
export function retryPauseMs(failedTries: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (failedTries - 1), LONGEST_PAUSE_MS)
}

const NAME = /^[A-Za-z0-9._-]{1,200}$/

/** @throws Fault `contract_broken` */
export function checkJobName(name: string): string {
  if (NAME.test(name) && !/^\d+$/.test(name)) return name
  throw new Fault(
    'contract_broken',
    'A job is named by 1 to 200 letters, digits, dots, underscores and hyphens, not by digits alone',
  )
}

/** @throws Fault `contract_broken` that says what is wrong with the schedule. */
export function checkSchedule(name: string, schedule: Schedule): void {
  checkJobName(name)
  if ('everySeconds' in schedule) {
    if (Number.isInteger(schedule.everySeconds) && schedule.everySeconds >= 1) return
    throw new Fault('contract_broken', `Schedule ${name}: expected a whole number of seconds, 1 or more`)
  }
  try {
    cronOf(schedule)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Fault('contract_broken', `Schedule ${name}: ${why}`, { cause })
  }
}

export function cronOf({ cron, timeZone }: Extract<Schedule, { cron: string }>): Cron {
  const pattern = new Cron(cron, { timezone: timeZone, mode: '5-part', paused: true })
  if (pattern.nextRun() === null) throw new Error(`"${cron}" never comes`)
  return pattern
}

const LONGEST_ERROR = 500

/** One line that may be shown: an error's message, without its stack and what hangs on it. */
export function errorLine(error: unknown): string {
  const text = error instanceof Error ? error.message || codeOrName(error) : String(error)
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST_ERROR)
}

/** Of several addresses that were tried in vain node says a code only. */
function codeOrName({ code, name }: Error & { readonly code?: unknown }): string {
  return typeof code === 'string' ? code : name
}
