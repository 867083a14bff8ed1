import { Fault } from '@millrace/contracts/fault'
import { Command, CommanderError } from 'commander'
import type { CommandDeps } from './command-deps.ts'
import { loadCommands } from './load-commands.ts'
import { VERSION } from './version.ts'

/** Runs the command that the arguments name and sets its exit code; what goes wrong is printed as one line. */
export async function runCli(args: readonly string[], deps: CommandDeps): Promise<void> {
  try {
    const program = createProgram(await loadCommands(args[0], deps), deps)
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      // commander has printed its message; help and version end well, everything else is a usage error.
      deps.exitWith(error.exitCode === 0 ? 0 : 2)
      return
    }
    deps.note(describeError(error, deps.env.MILLRACE_DEBUG))
    deps.exitWith(error instanceof Fault && error.code === 'config_invalid' ? 2 : 1)
  }
}

function createProgram(commands: readonly Command[], deps: CommandDeps): Command {
  const program = new Command('millrace')
    .description('User events in, business KPIs out. `millrace up` runs everything in one process.')
    .version(VERSION)
  for (const command of commands) program.addCommand(command)
  prepare(program, deps)
  return program
}

/** Commander prints and exits by itself unless each command, also the nested ones, is told otherwise. */
function prepare(command: Command, deps: CommandDeps): void {
  command
    .exitOverride()
    .showHelpAfterError('(--help shows what is possible)')
    .configureOutput({
      writeOut: (text) => deps.out(text.replace(/\n$/, '')),
      writeErr: (text) => deps.note(text.replace(/\n$/, '')),
    })
  for (const child of command.commands) prepare(child, deps)
}

function describeError(error: unknown, debug: string | undefined): string {
  if (!(error instanceof Error)) return `Failed: ${String(error)}`
  if (debug) return error.stack ?? error.message
  return error instanceof Fault ? error.message : `Failed: ${error.message} (MILLRACE_DEBUG=1 shows where)`
}
