import { Config } from '@millrace/ingest-api/config'
import type { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { serviceCommand } from '../service/service-command.ts'

export function ingestApiCommand(deps: CommandDeps): Command {
  return serviceCommand(deps, {
    name: 'ingest-api',
    description: 'Take events over HTTP, scrub them and put them into the log.',
    schema: Config,
    run: async (service) => (await import('@millrace/ingest-api/run-ingest-api')).runIngestApi(service),
  })
}
