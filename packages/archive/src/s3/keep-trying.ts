import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@millrace/contracts/fault'
import type { S3Timeouts } from './create-client.ts'
import { REGION_MISSING, reasonOf, whatFailed, withoutSecrets } from './what-failed.ts'

export interface Call {
  /** As `put raw/…`. */
  readonly title: string
  readonly bucket: string
  readonly timeouts: S3Timeouts
  /** Told of each failure that is survived. */
  readonly onError: (message: string, error: unknown) => void
}

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 800

/** Answers that are no failures of the call. */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T; readonly tries: number }
  | { readonly kind: 'absent' | 'changed'; readonly tries: number }

/**
 * Tries a call until it is answered or has grown too old. A server that is silent is waited for once: the next try would
 * be as long.
 * @throws Fault `archive_unavailable`, or `config_invalid` when a setting has to change.
 */
export async function keepTrying<T>(
  { title, bucket, timeouts, onError }: Call,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Outcome<T>> {
  const giveUpAt = performance.now() + timeouts.retryMs
  for (let tries = 1; ; tries++) {
    try {
      return { kind: 'done', value: await within(timeouts.tryMs, work), tries }
    } catch (error) {
      const failure = whatFailed(error)
      if (failure === 'absent' || failure === 'changed') return { kind: failure, tries }
      if (failure === 'refused') throw refused(title, bucket, error)
      const pauseMs = pauseAfter(tries)
      if (performance.now() + pauseMs > giveUpAt) throw unavailable(title, error)
      onError(`S3: ${title} is tried again`, withoutSecrets(error))
      await sleep(pauseMs)
    }
  }
}

async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const trying = new AbortController()
  // Not AbortSignal.timeout: its timer would outlive thousands of quick calls.
  const timer = setTimeout(() => trying.abort(), ms)
  try {
    return await work(trying.signal)
  } finally {
    clearTimeout(timer)
  }
}

/** Doubles, with a random half: clients that failed together do not come again together. */
function pauseAfter(tries: number): number {
  const longest = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS)
  return longest * (0.5 + Math.random() / 2)
}

function unavailable(title: string, error: unknown): Fault {
  const reason = `Could not ${title}: ${reasonOf(error)}`
  return new Fault('archive_unavailable', reason, { cause: withoutSecrets(error) })
}

function refused(title: string, bucket: string, error: unknown): Fault {
  const what = `Could not ${title}: ${remedy(bucket, error)}`
  return new Fault('config_invalid', what, { cause: withoutSecrets(error) })
}

function remedy(bucket: string, error: unknown): string {
  const { name, message } = error as Error
  if (name === 'NoSuchBucket')
    return `there is no bucket ${bucket}; create it, or set S3_BUCKET to one that exists`
  if (name === 'CredentialsProviderError')
    return 'no credentials for S3 were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the process a role'
  if (message === REGION_MISSING) return 'S3 needs a region; set AWS_REGION'
  return `S3 refuses it for bucket ${bucket}; check credentials, rights, region and S3_ENDPOINT (${reasonOf(error)})`
}
