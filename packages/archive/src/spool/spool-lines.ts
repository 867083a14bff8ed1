import { promisify } from 'node:util'
import { constants, gunzip, gzip } from 'node:zlib'

/** Records for one topic of the log. */
export interface SpoolBatch {
  readonly topic: string
  readonly records: readonly SpoolRecord[]
}

export interface SpoolRecord {
  readonly key: string
  readonly value: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Many times what a writer joins into one object; an object that says to be larger is none of ours. */
const MAX_INFLATED_BYTES = 128 * 1024 * 1024

/** One record a line. The quickest compression: an outage is no time to be busy with this, and it saves most of it. */
export async function packBatches(batches: readonly SpoolBatch[]): Promise<Buffer> {
  const lines: string[] = []
  for (const { topic, records } of batches) {
    for (const { key, value, headers } of records) {
      lines.push(JSON.stringify({ topic, key, value, headers }))
    }
  }
  return promisify<string, object, Buffer>(gzip)(`${lines.join('\n')}\n`, { level: constants.Z_BEST_SPEED })
}

/**
 * What packBatches packed, by topic.
 * @throws Error that repeats nothing of the body when it is something else.
 */
export async function unpackBatches(body: Uint8Array): Promise<readonly SpoolBatch[]> {
  const inflated = await promisify<Uint8Array, object, Buffer>(gunzip)(body, {
    maxOutputLength: MAX_INFLATED_BYTES,
  })
  const byTopic = new Map<string, SpoolRecord[]>()
  for (const [index, line] of inflated.toString('utf8').trimEnd().split('\n').entries()) {
    const { topic, ...record } = parseLine(line, index + 1)
    const known = byTopic.get(topic)
    if (known) known.push(record)
    else byTopic.set(topic, [record])
  }
  return [...byTopic].map(([topic, records]) => ({ topic, records }))
}

function parseLine(line: string, number: number): SpoolRecord & { readonly topic: string } {
  const parsed = parseJson(line) as Record<string, unknown> | null | undefined
  const { topic, key, value, headers } = parsed ?? {}
  if (typeof topic !== 'string' || typeof key !== 'string' || typeof value !== 'string') {
    throw new Error(`line ${number}: expected a record with topic, key and value`)
  }
  if (headers === undefined) return { topic, key, value }
  if (!isHeaders(headers)) throw new Error(`line ${number}: headers: expected texts by name`)
  return { topic, key, value, headers }
}

/** Undefined when it is none: the parser's own words would repeat the line. */
function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function isHeaders(headers: unknown): headers is Readonly<Record<string, string>> {
  return (
    typeof headers === 'object' &&
    headers !== null &&
    Object.values(headers).every((value) => typeof value === 'string')
  )
}
