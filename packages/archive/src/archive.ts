export interface ArchiveObject {
  readonly key: string
  readonly body: Uint8Array
  readonly metadata: Readonly<Record<string, string>>
  /** Says which body this is: another body has another etag. */
  readonly etag: string
}

export type ArchiveHead = Omit<ArchiveObject, 'body'> & { readonly size: number }

/**
 * Objects by key, as in S3. Adapters: S3 (`./s3.ts`) and a folder (`./folder.ts`). All pass `test/adapters`.
 * A key is segments of [A-Za-z0-9._=-] joined by `/`, at most 900 characters; no segment begins with a dot or is longer
 * than 200, and no key is the folder of another. Metadata are printable ASCII, 2,000 bytes at most, by names like
 * `first_offset`. Others throw Fault `contract_broken`, weather Fault `archive_unavailable` that names the key; a store
 * that refuses us, or that has no such bucket, Fault `config_invalid`. After a fault a write may have been done
 * nevertheless, or be done a little later.
 */
export interface Archive {
  /** Atomic and durable; of several writers of one key exactly one gets `created`, none when that one got a fault. */
  putIfAbsent(
    key: string,
    body: Uint8Array,
    metadata: Readonly<Record<string, string>>,
  ): Promise<'created' | 'exists'>
  /** Atomic: replaces the object only while its etag is still the given one. */
  replaceIfUnchanged(
    key: string,
    etag: string,
    body: Uint8Array,
    metadata: Readonly<Record<string, string>>,
  ): Promise<'replaced' | 'changed'>
  get(key: string): Promise<ArchiveObject | undefined>
  head(key: string): Promise<ArchiveHead | undefined>
  /** Keys that begin with the prefix, in ascending order of their bytes. */
  list(prefix: string): AsyncIterable<string>
  /** Nothing happens when there is no such object. */
  delete(key: string): Promise<void>
  close(): Promise<void>
}
