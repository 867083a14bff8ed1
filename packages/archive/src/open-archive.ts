import path from 'node:path'
import type { Archive } from './archive.ts'
import { createFolderArchive } from './folder.ts'

/** What is configured of the archive: `archiveFields` of the runtime, and the data folder of the embedded one. */
export interface ArchiveConfig {
  readonly DATA_DIR: string
  readonly S3_BUCKET?: string | undefined
  readonly S3_PREFIX?: string | undefined
  readonly S3_ENDPOINT?: string | undefined
}

/**
 * The archive that is configured: a bucket of S3, else the folder `archive` in the data folder. An adapter is loaded when
 * it is wanted: Amazon's client takes 0.4 s.
 */
export async function openArchive(
  { DATA_DIR: dataDir, S3_BUCKET: bucket, S3_PREFIX: prefix, S3_ENDPOINT: endpoint }: ArchiveConfig,
  /** Told what was survived. */
  onError: (message: string, error: unknown) => void = () => undefined,
): Promise<Archive> {
  if (!bucket) return createFolderArchive({ folder: path.resolve(dataDir, 'archive'), onError })
  const { createS3Archive } = await import('./s3.ts')
  return createS3Archive({ bucket, onError, ...(prefix && { prefix }), ...(endpoint && { endpoint }) })
}
