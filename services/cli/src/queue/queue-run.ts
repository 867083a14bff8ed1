import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@millrace/contracts/fault'
import type { JobData, JobQueue, JobStatus } from '@millrace/job-queue/job-queue'
import { Command, InvalidArgumentError } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { useQueue } from './use-queue.ts'

interface RunFlags {
  readonly data?: JobData
  readonly json?: boolean
}

const LOOK_MS = 250
const SAY_WAITS_MS = 5_000

export function queueRunCommand(deps: CommandDeps): Command {
  return new Command('run')
    .description('Have a job done now and show its progress until it ends; exit 1 when it fails.')
    .argument('<job>', 'its name, as apply_retention')
    .option('--data <json>', 'what it is told, as {"full":true}', jsonObject)
    .option('--json', 'one JSON object { id, state, result?, error? }')
    .action(async (name: string, { data, json }: RunFlags) => {
      const note = json ? () => undefined : deps.note
      const { id, state, result, error } = await useQueue(deps, async (queue) => {
        // Under its name it joins the one that its schedule made, which waits or runs and was told something else.
        const id = await queue.enqueue(name, data ?? {}, { attempts: 1, ...(data ? {} : { id: name }) })
        return untilEnded(queue, id, note)
      })
      if (state === 'dead') deps.exitWith(1)
      if (json) return deps.out(JSON.stringify({ id, state, result, error }))
      deps.out(state === 'dead' ? `${name} failed: ${error}` : `${name} is done: ${JSON.stringify(result)}`)
    })
}

async function untilEnded(queue: JobQueue, id: string, note: (line: string) => void): Promise<JobStatus> {
  let shown = ''
  const say = (line: string): void => {
    if (line !== shown) note(line)
    shown = line
  }
  for (const since = performance.now(); ; await sleep(LOOK_MS)) {
    const job = await queue.get(id)
    if (!job) throw new Fault('queue_unavailable', `${id} is not in the queue any more`)
    if (job.state === 'done' || job.state === 'dead') return job
    if (job.state === 'active') say(job.progress ? JSON.stringify(job.progress) : 'runs')
    else if (job.state === 'delayed') say(`failed, is tried again: ${job.error}`)
    else if (performance.now() - since > SAY_WAITS_MS)
      say('waits for a jobs process: does `millrace jobs` run?')
  }
}

function jsonObject(text: string): JobData {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JobData
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('Expected a JSON object.')
}
