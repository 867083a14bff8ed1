import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { Fault } from '@millrace/contracts/fault'
import type { Archive, ArchiveHead, ArchiveObject } from './archive.ts'
import { checkMetadata, checkPrefix } from './check-key.ts'
import { errorCode, ifThere, syncFolder } from './folder/durable-files.ts'
import { listKeys } from './folder/list-keys.ts'
import { objectPaths } from './folder/object-paths.ts'
import { addVersion, currentObject, etagOf } from './folder/object-versions.ts'
import { noteDeletion, sweepStaged } from './folder/sweep-staged.ts'

export interface FolderArchiveOptions {
  /** Made when the first object is put. One file system; several processes may share it. */
  readonly folder: string
  /** Told what the clean-up survived. */
  readonly onError?: (message: string, error: unknown) => void
}

const SWEEP_EVERY_MS = 3_600_000
const TRIES = 20

/**
 * Objects as files: each body stands plainly at its key, what is recorded of it in the hidden folder `.millrace`.
 * Bodies may be read by any tool, and must be changed by none.
 */
export function createFolderArchive({ folder, onError = () => undefined }: FolderArchiveOptions): Archive {
  let sweeping = Promise.resolve()
  const sweep = (): void => {
    sweeping = sweeping
      .then(() => sweepStaged(folder))
      .catch((error) => onError('cleaning up the archive failed', error))
  }
  sweep()
  const timer = setInterval(sweep, SWEEP_EVERY_MS)
  timer.unref()

  return {
    putIfAbsent: (key, body, metadata) =>
      during('put', key, async () => {
        checkMetadata(metadata)
        const { version, record } = await currentObject(folder, key)
        if (record) return 'exists'
        if (await addVersion(folder, version, { key, body, metadata })) return 'created'
        await currentObject(folder, key)
        return 'exists'
      }),

    replaceIfUnchanged: (key, etag, body, metadata) =>
      during('replace', key, async () => {
        checkMetadata(metadata)
        const { version, record } = await currentObject(folder, key)
        if (record?.etag !== etag) return 'changed'
        return (await addVersion(folder, version, { key, body, metadata })) ? 'replaced' : 'changed'
      }),

    get: (key) => during('get', key, () => getObject(folder, key)),

    head: (key) =>
      during('head', key, async (): Promise<ArchiveHead | undefined> => {
        const { record } = await currentObject(folder, key)
        return record && { key, metadata: record.metadata, etag: record.etag, size: record.size }
      }),

    async *list(prefix) {
      checkPrefix(prefix)
      try {
        yield* listKeys(folder, prefix)
      } catch (cause) {
        throw archiveUnavailable('list', prefix, cause)
      }
    },

    delete: (key) => during('delete', key, () => deleteObject(folder, key)),

    async close() {
      clearInterval(timer)
      await sweeping
    },
  }
}

/** A body and the record that belongs to it: read again while a replacement comes in between. */
async function getObject(folder: string, key: string): Promise<ArchiveObject | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { record } = await currentObject(folder, key)
    if (!record) return undefined
    const body = await ifThere(readFile(objectPaths(folder, key).body))
    if (body && etagOf(body) === record.etag) {
      return { key, body, metadata: record.metadata, etag: record.etag }
    }
  }
  throw new Error('the body is not what was recorded when it was stored')
}

async function deleteObject(folder: string, key: string): Promise<void> {
  const { version, record } = await currentObject(folder, key)
  if (!record) return
  const { body } = objectPaths(folder, key)
  if (version > 0) await noteDeletion(folder, key)
  await rm(body, { force: true })
  await syncFolder(path.dirname(body))
}

async function during<T>(verb: string, key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw archiveUnavailable(verb, key, cause)
  }
}

function archiveUnavailable(verb: string, key: string, cause: unknown): Fault {
  if (cause instanceof Fault) return cause
  const reason = errorCode(cause) ?? (cause instanceof Error ? cause.message : 'unknown reason')
  return new Fault('archive_unavailable', `Could not ${verb} ${key}: ${reason}`, { cause })
}
