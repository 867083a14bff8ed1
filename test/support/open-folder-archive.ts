import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Archive } from '@millrace/archive/archive'
import { createFolderArchive } from '@millrace/archive/folder'
import { onTestFinished } from 'vitest'

/** An archive in a folder of the test's own; both end with the test. */
export async function openFolderArchive(): Promise<{ archive: Archive; folder: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'millrace-archive-'))
  const archive = createFolderArchive({ folder })
  onTestFinished(async () => {
    await archive.close()
    await rm(folder, { recursive: true })
  })
  return { archive, folder }
}
