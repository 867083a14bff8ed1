import { rename, stat } from 'node:fs/promises'

const LARGE_BYTES = 10 * 1024 * 1024

/** At a start the log begins anew when it is large; the one before it is kept beside it. */
export async function setLargeLogAside(file: string): Promise<void> {
  const known = await stat(file).catch(() => undefined)
  if (known && known.size > LARGE_BYTES) await rename(file, `${file}.1`)
}
