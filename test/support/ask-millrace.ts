import { runCommand } from './run-command.ts'

export interface Asked<T> {
  readonly code: number
  readonly answer: T
}

/** What a command answers to --json. */
export async function askMillrace<T>(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Asked<T>> {
  const { code, out, notes } = await runCommand([...args, '--json'], env)
  if (out === '' || out.includes('\n'))
    throw new Error(`${args.join(' ')} did not answer one line: ${out}\n${notes}`)
  return { code, answer: JSON.parse(out) as T }
}
