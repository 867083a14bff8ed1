import { Config } from '@millrace/jobs/config'
import type { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { serviceCommand } from '../service/service-command.ts'

export function jobsCommand(deps: CommandDeps): Command {
  return serviceCommand(deps, {
    name: 'jobs',
    description:
      'Do what is due behind the scenes: publish the spool, reconcile, verify, keep partitions, retire data.',
    schema: Config,
    run: async (service) => (await import('@millrace/jobs/run-jobs')).runJobs(service),
  })
}
