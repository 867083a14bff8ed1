import { createInterface } from 'node:readline/promises'
import { Fault } from '@millrace/contracts/fault'

/** @throws Fault `config_invalid` where nobody can be asked: said before the work, not after it. */
export function expectTerminal(): void {
  if (!process.stdin.isTTY)
    throw new Fault('config_invalid', '--swap asks before it changes anything: give --yes')
}

/** Asks on the terminal; no answer is no. */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await Promise.race([
      terminal.question(`${question} [y/N] `),
      new Promise<string>((resolve) => terminal.once('close', () => resolve(''))),
    ])
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    terminal.close()
  }
}
