import type { CommandDeps } from './command-deps.ts'

/** Tells what a part survived in one line, with the reason where there is one. */
export function noteSurvived(note: CommandDeps['note']): (message: string, error: unknown) => void {
  return (message, error) => note(error instanceof Error ? `${message}: ${error.message}` : message)
}
