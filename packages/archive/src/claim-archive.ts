import { Fault } from '@millrace/contracts/fault'
import type { Archive } from './archive.ts'

/** Which log an archive holds: offsets mean something only together with it. */
export interface ArchiveClaim {
  /** As `EventLog.identity()` tells it. */
  readonly identity: string
}

const KEY = 'log.json'

/**
 * Makes the archive that of this log, or finds that it is. To be called before anything is archived; an archive that was
 * filled before there were claims goes to the first who comes.
 * @throws Fault `config_invalid` when it is another log's, or when its store does not keep the conditions of writes.
 */
export async function claimArchive(archive: Archive, identity: string): Promise<void> {
  const body = Buffer.from(`${JSON.stringify({ identity } satisfies ArchiveClaim)}\n`)
  if (!(await readClaim(archive))) await archive.putIfAbsent(KEY, body, {})
  const claim = await readClaim(archive)
  if (claim?.identity !== identity) throw notOurs(claim, identity)
  await expectConditions(archive, body)
}

/** Undefined while no archiver has used the archive. */
export async function readClaim(archive: Archive): Promise<ArchiveClaim | undefined> {
  const object = await archive.get(KEY)
  if (!object) return undefined
  const { identity } = parse(Buffer.from(object.body).toString())
  if (typeof identity !== 'string') {
    throw new Fault(
      'config_invalid',
      `${KEY} in the archive does not tell its log: expected {"identity":"…"}`,
    )
  }
  return { identity }
}

/**
 * Some servers that speak S3's protocol take a condition without a word and write anyway: then two archivers overwrite
 * each other. These two writes fail where conditions are kept, and change nothing where they are not.
 */
async function expectConditions(archive: Archive, body: Uint8Array): Promise<void> {
  const kept =
    (await archive.putIfAbsent(KEY, body, {})) === 'exists' &&
    (await archive.replaceIfUnchanged(KEY, '"00000000000000000000000000000000"', body, {})) === 'changed'
  if (kept) return
  throw new Fault(
    'config_invalid',
    'S3_ENDPOINT: its server does not honour If-None-Match and If-Match, without which objects get lost; use another one',
  )
}

function notOurs(claim: ArchiveClaim | undefined, identity: string): Fault {
  return new Fault(
    'config_invalid',
    `The archive belongs to log ${claim?.identity ?? 'unknown'}, but the log that is configured is ${identity}: ` +
      'set S3_BUCKET, S3_PREFIX or DATA_DIR to another archive, or use the log that this one belongs to',
  )
}

function parse(text: string): { readonly identity?: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
