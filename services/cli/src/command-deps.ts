/** 0 good, 1 a difference was found or something failed, 2 usage. */
export type ExitCode = 0 | 1 | 2

/** What a command may use of its process. A command throws a Fault for bad weather; `main.ts` prints it. */
export interface CommandDeps {
  readonly env: Readonly<Record<string, string | undefined>>
  /** One line of the answer, on stdout. */
  out(line: string): void
  /** One line of progress or advice, on stderr, so that `--json` stays clean. */
  note(line: string): void
  /** The exit code for when everything has ended by itself. */
  exitWith(code: ExitCode): void
  now(): Date
}
