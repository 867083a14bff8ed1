import { readFile } from 'node:fs/promises'
import { createFile } from '@millrace/runtime/create-file'

/** Reads what a file of the data folder keeps; makes it the first time, readable by the owner alone. */
export async function keptSecret(file: string, make: () => string): Promise<string> {
  const kept = await readKept(file)
  if (kept !== undefined) return kept
  // Of two processes at once both read what the first one made.
  await createFile(file, `${make()}\n`)
  return (await readKept(file)) ?? ''
}

/** Undefined when it was never made. */
export async function readKept(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
