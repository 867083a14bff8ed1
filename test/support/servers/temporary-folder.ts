import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { guard } from './guard.ts'

export interface TemporaryFolder {
  readonly folder: string
  remove(): Promise<void>
}

/** The given folder, which is left alone, or a temporary one that does not outlive this process. */
export async function openFolder(name: string, given?: string): Promise<TemporaryFolder> {
  if (given) return { folder: given, remove: async () => {} }
  const folder = await mkdtemp(path.join(tmpdir(), `millrace-${name}-`))
  const release = guard({ folder })
  // As root Postgres runs as another user, who must be able to go in.
  await chmod(folder, 0o711)
  return {
    folder,
    async remove() {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
      release()
    },
  }
}
