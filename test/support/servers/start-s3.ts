import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { freePort } from './free-ports.ts'
import { installS3 } from './install-s3.ts'
import { createServerNode, type ServerNodes } from './server-node.ts'
import { startNode } from './start-node.ts'
import { openFolder } from './temporary-folder.ts'

export interface S3Address {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
}

export interface StartedS3 extends S3Address {
  readonly nodes: ServerNodes
  stop(): Promise<void>
}

export const S3_REGION = 'us-east-1'

/** An S3 server of the caller's own, without buckets; the folder is kept when it is given. @throws ServerMissing */
export async function startS3({ folder: given }: { readonly folder?: string } = {}): Promise<StartedS3> {
  const program = await installS3()
  const { folder, remove } = await openFolder('s3', given)
  const objects = path.join(folder, 'objects')
  await mkdir(objects, { recursive: true })
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const accessKeyId = 'millrace-test'
  const secretAccessKey = randomBytes(16).toString('hex')
  const node = createServerNode({
    title: 'The S3 server',
    command: [program, '--quiet', '--port', `127.0.0.1:${port}`, '--region', S3_REGION, 'posix', objects],
    env: { ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
    cwd: folder,
    log: path.join(folder, 's3.log'),
    // Whatever it answers to a stranger, it answers.
    isReady: async () => (await fetch(endpoint)).status > 0,
  })
  const stop = await startNode(node, remove)
  return { endpoint, accessKeyId, secretAccessKey, region: S3_REGION, nodes: [node], stop }
}
