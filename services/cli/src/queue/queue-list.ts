import { JOB_STATES, type JobState, type JobStatus } from '@millrace/job-queue/job-queue'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { printTable } from '../print-table.ts'
import { useQueue } from './use-queue.ts'

interface ListFlags {
  readonly state?: JobState
  readonly limit: number
  readonly json?: boolean
}

const HEAD = ['job', 'state', 'tries', 'enqueued', 'seconds', 'id', 'what']
const LONGEST_WHAT = 100

export function queueListCommand(deps: CommandDeps): Command {
  return new Command('list')
    .description('Jobs with their states, the newest first.')
    .addOption(new Option('--state <state>', 'only jobs in this state').choices(JOB_STATES))
    .option('--limit <jobs>', 'at most so many of each state', whole, 100)
    .option('--json', 'one JSON object { counts, jobs }')
    .action(async ({ state, limit, json }: ListFlags) => {
      const states = state ? [state] : JOB_STATES
      const { counts, jobs } = await useQueue(deps, async (queue) => ({
        counts: await queue.counts(),
        jobs: await queue.list(states, limit),
      }))
      if (json) return deps.out(JSON.stringify({ counts, jobs }))
      if (jobs.length > 0) printTable([HEAD, ...jobs.map(row)], deps.out)
      deps.out(JOB_STATES.map((name) => `${counts[name]} ${name}`).join(', '))
    })
}

function row(job: JobStatus): readonly (string | number)[] {
  const { name, state, attempt, enqueuedAt, id } = job
  return [name, state, attempt, enqueuedAt.toISOString().slice(0, 19), tookSeconds(job), id, what(job)]
}

function tookSeconds({ startedAt, endedAt }: JobStatus): string {
  return startedAt && endedAt ? ((endedAt.getTime() - startedAt.getTime()) / 1_000).toFixed(1) : '-'
}

/** Why it failed, what came of it, or how far it is. */
function what({ state, error, result, progress }: JobStatus): string {
  const told = state === 'done' ? (result ?? progress) : (error ?? progress ?? result)
  const text = typeof told === 'string' ? told : told ? JSON.stringify(told) : ''
  return text.length > LONGEST_WHAT ? `${text.slice(0, LONGEST_WHAT)}…` : text
}

function whole(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('Expected a whole number above 0.')
  return value
}
