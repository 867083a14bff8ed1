import { S3Client } from '@aws-sdk/client-s3'

export interface S3ClientOptions {
  /** Of a server that is not Amazon's; then the bucket stands in the path. */
  readonly endpoint?: string
  /** As the AWS variables and files say unless given; us-east-1 where an endpoint is given and they say nothing. */
  readonly region?: string
  /** As the AWS variables, files and roles say unless given. */
  readonly credentials?: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
  readonly timeouts: S3Timeouts
}

export interface S3Timeouts {
  /** To connect, a wait for a free connection included. */
  readonly connectMs: number
  /** Without a byte to or fro. */
  readonly idleMs: number
  /** A call that failed is tried again while it is younger than this. */
  readonly retryMs: number
  /** The longest that one try may take. */
  readonly tryMs: number
}

const CONNECTIONS = 50
/** Sooner than servers and what stands between close an idle connection. */
const KEPT_ALIVE_MS = 15_000

/** The SDK's client with bounded times and connections; trying again is not its business but `keepTrying`'s. */
export function createClient({ endpoint, region, credentials, timeouts }: S3ClientOptions): S3Client {
  const agent = { keepAlive: true, maxSockets: CONNECTIONS, timeout: KEPT_ALIVE_MS }
  return new S3Client({
    ...(endpoint && { endpoint, forcePathStyle: true }),
    ...(region || endpoint ? { region: region ?? usualRegion } : {}),
    ...(credentials && { credentials }),
    requestHandler: {
      connectionTimeout: timeouts.connectMs,
      socketTimeout: timeouts.idleMs,
      httpAgent: agent,
      httpsAgent: agent,
    },
    maxAttempts: 1,
    // A large body would else go over a connection of its own, which nothing bounds.
    expectContinueHeader: false,
  })
}

async function usualRegion(): Promise<string> {
  const usual = new S3Client({})
  try {
    return await usual.config.region()
  } catch {
    return 'us-east-1'
  } finally {
    usual.destroy()
  }
}
