import { createHash, createHmac } from 'node:crypto'
import type { S3Address } from './servers/start-s3.ts'

export interface S3Request {
  readonly method: 'GET' | 'PUT'
  /** As `/bucket/key`, in characters that need no escape. */
  readonly path: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A signed request (Signature Version 4) without a client's retries and defaults between us and the server. */
export async function sendToS3(
  { endpoint, accessKeyId, secretAccessKey, region }: S3Address,
  { method, path, body = '', headers = {} }: S3Request,
): Promise<Response> {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const day = time.slice(0, 8)
  const signed: Record<string, string> = {
    host: new URL(endpoint).host,
    'x-amz-content-sha256': sha256(body),
    'x-amz-date': time,
  }
  const names = Object.keys(signed).join(';')
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`)
  const canonical = [method, path, '', lines.join(''), names, sha256(body)].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`)
  const credential = `Credential=${accessKeyId}/${scope}, SignedHeaders=${names}`
  const authorization = `AWS4-HMAC-SHA256 ${credential}, Signature=${hmac(key, toSign).toString('hex')}`
  return fetch(endpoint + path, {
    method,
    headers: { ...headers, ...signed, authorization },
    ...(method === 'PUT' ? { body } : {}),
  })
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
