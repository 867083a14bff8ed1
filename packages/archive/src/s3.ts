import { randomUUID } from 'node:crypto'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { Fault } from '@millrace/contracts/fault'
import type { Archive, ArchiveHead, ArchiveObject } from './archive.ts'
import { checkKey, checkMetadata, checkPrefix, isKey } from './check-key.ts'
import { createClient, type S3ClientOptions, type S3Timeouts } from './s3/create-client.ts'
import { keepTrying, type Outcome } from './s3/keep-trying.ts'
import { fromWire, toWire, writeIdOf } from './s3/wire-metadata.ts'

export interface S3ArchiveOptions extends Omit<S3ClientOptions, 'timeouts'> {
  /** It has to exist. */
  readonly bucket: string
  /** Before every key, without the slash at its end; none unless given. */
  readonly prefix?: string
  /** Told of what was survived. */
  readonly onError?: (message: string, error: unknown) => void
  readonly timeouts?: Partial<S3Timeouts>
}

/** A server that is stopped is a fault after `idleMs`, one that is away after `retryMs`. */
const TIMEOUTS: S3Timeouts = { connectMs: 2_000, idleMs: 5_000, retryMs: 4_000, tryMs: 120_000 }

type Condition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string }

/**
 * Objects in a bucket of S3, or of a server that speaks its protocol and honours `If-None-Match: *` and `If-Match`
 * (`claimArchive` tries that). Bodies travel with a checksum that the server and the reader check.
 */
export function createS3Archive(options: S3ArchiveOptions): Archive {
  const { bucket, prefix = '', onError = () => undefined } = options
  const timeouts = { ...TIMEOUTS, ...options.timeouts }
  const client = createClient({ ...options, timeouts })
  const root = prefix === '' ? '' : `${prefix}/`
  const at = (key: string) => ({ Bucket: bucket, Key: root + key })

  function call<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
    return keepTrying({ title, bucket, timeouts, onError }, work)
  }

  /** Whether it was written: by this call, which an answer that got lost does not change. */
  async function write(
    verb: string,
    condition: Condition,
    { key, body, metadata }: Pick<ArchiveObject, 'key' | 'body' | 'metadata'>,
  ): Promise<boolean> {
    checkKey(key)
    checkMetadata(metadata)
    const writeId = randomUUID()
    const command = { ...at(key), ...condition, Body: body, Metadata: toWire(metadata, writeId) }
    const answer = await call(`${verb} ${key}`, (abortSignal) =>
      client.send(new PutObjectCommand(command), { abortSignal }),
    )
    if (answer.kind === 'done') return true
    return answer.tries > 1 && (await idOfWriter(key)) === writeId
  }

  async function idOfWriter(key: string): Promise<string | undefined> {
    const answer = await call(`head ${key}`, (abortSignal) =>
      client.send(new HeadObjectCommand(at(key)), { abortSignal }),
    )
    return answer.kind === 'done' ? writeIdOf(answer.value.Metadata) : undefined
  }

  async function get(key: string): Promise<ArchiveObject | undefined> {
    checkKey(key)
    const answer = await call(`get ${key}`, async (abortSignal) => {
      const object = await client.send(new GetObjectCommand(at(key)), { abortSignal })
      return { ...object, body: (await object.Body?.transformToByteArray()) ?? new Uint8Array() }
    })
    if (answer.kind !== 'done') return undefined
    const { body, Metadata, ETag = '' } = answer.value
    return { key, body, metadata: fromWire(Metadata), etag: ETag }
  }

  async function head(key: string): Promise<ArchiveHead | undefined> {
    checkKey(key)
    const answer = await call(`head ${key}`, (abortSignal) =>
      client.send(new HeadObjectCommand(at(key)), { abortSignal }),
    )
    if (answer.kind !== 'done') {
      await expectBucket(key)
      return undefined
    }
    const { Metadata, ETag = '', ContentLength = 0 } = answer.value
    return { key, metadata: fromWire(Metadata), etag: ETag, size: ContentLength }
  }

  /** The answer to a HEAD does not tell whether the object is missing, or the bucket, or our right to look. */
  async function expectBucket(key: string): Promise<void> {
    const command = { Bucket: bucket, Prefix: root + key, MaxKeys: 1 }
    await call(`head ${key}`, (abortSignal) =>
      client.send(new ListObjectsV2Command(command), { abortSignal }),
    )
  }

  async function* list(prefixOfKeys: string): AsyncIterable<string> {
    checkPrefix(prefixOfKeys)
    let ContinuationToken: string | undefined
    do {
      const page = { Bucket: bucket, Prefix: root + prefixOfKeys, ContinuationToken }
      const answer = await call(`list ${prefixOfKeys}`, (abortSignal) =>
        client.send(new ListObjectsV2Command(page), { abortSignal }),
      )
      // No server says so of a list; whatever it means, the list is not over.
      if (answer.kind !== 'done')
        throw new Fault('archive_unavailable', `Could not list ${prefixOfKeys}: S3 answers ${answer.kind}`)
      for (const { Key = '' } of answer.value.Contents ?? []) {
        const key = Key.slice(root.length)
        // What other tools left in the bucket, such as the empty object `raw/`.
        if (isKey(key)) yield key
      }
      ContinuationToken = answer.value.NextContinuationToken
    } while (ContinuationToken)
  }

  return {
    putIfAbsent: async (key, body, metadata) =>
      (await write('put', { IfNoneMatch: '*' }, { key, body, metadata })) ? 'created' : 'exists',

    replaceIfUnchanged: async (key, etag, body, metadata) =>
      (await write('replace', { IfMatch: etag }, { key, body, metadata })) ? 'replaced' : 'changed',

    get,
    head,
    list,

    async delete(key) {
      checkKey(key)
      await call(`delete ${key}`, (abortSignal) =>
        client.send(new DeleteObjectCommand(at(key)), { abortSignal }),
      )
    },

    async close() {
      client.destroy()
    },
  }
}
