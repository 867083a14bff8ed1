import { createInterface } from 'node:readline/promises'
import { Fault } from '@millrace/contracts/fault'

/**
 * Asks on the terminal; no answer is no.
 * @throws Fault `config_invalid` where there is nobody to ask.
 */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new Fault('config_invalid', '--swap asks before it changes anything: give --yes')
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
