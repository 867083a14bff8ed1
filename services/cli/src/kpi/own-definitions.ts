import type { CommandDeps } from '../command-deps.ts'

/** The folder of the user's own KPIs and experiments: MILLRACE_DEFINITIONS. */
export function ownDefinitions(env: CommandDeps['env']): string | undefined {
  return env.MILLRACE_DEFINITIONS || undefined
}
