import path from 'node:path'
import type { Archive } from './archive.ts'
import { createFolderArchive } from './folder.ts'

/** What is configured of the archive: `archiveFields` of the runtime, and the data folder of the embedded one. */
export interface ArchiveConfig {
  readonly DATA_DIR: string
}

/** The archive that is configured: a bucket of S3, else the folder `archive` in the data folder. */
export function openArchive(
  { DATA_DIR: dataDir }: ArchiveConfig,
  /** Told what was survived. */
  onError?: (message: string, error: unknown) => void,
): Archive {
  return createFolderArchive({ folder: path.resolve(dataDir, 'archive'), ...(onError && { onError }) })
}
