import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { describeEnvironment } from '../environment/describe-environment.ts'
import { runService, type Service, type ServiceSchema } from './run-service.ts'

export interface ServiceCommandOptions<S extends ServiceSchema> extends Service<S> {
  readonly description: string
}

/** The verb of a service: it runs as a process of its own, configured by the environment. */
export function serviceCommand<S extends ServiceSchema>(
  deps: CommandDeps,
  service: ServiceCommandOptions<S>,
): Command {
  return new Command(service.name)
    .description(service.description)
    .option('--json', 'print { service, url } as one line of JSON when ready')
    .addHelpText('after', `\n${describeEnvironment(service.schema)}`)
    .action(({ json }: { json?: boolean }) => runService(deps, service, { json: json === true }))
}
