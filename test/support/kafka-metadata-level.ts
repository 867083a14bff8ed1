import { askTcp } from './servers/ask-tcp.ts'

const API_VERSIONS = 18
/** The first with tagged fields, in which a broker tells its features. */
const VERSION = 3
const FEATURE = 'metadata.version'

/** The highest metadata.version that a broker supports; each minor version of Kafka has its own. */
export async function metadataLevelOf(broker: string): Promise<number> {
  const answer = await askTcp(broker, apiVersionsRequest())
  // Name, then the least and the greatest level as int16.
  const at = answer.indexOf(FEATURE)
  if (at < 0) throw new Error(`${broker} does not tell its ${FEATURE}`)
  return answer.readInt16BE(at + FEATURE.length + 2)
}

function apiVersionsRequest(): Buffer {
  const noTags = Buffer.alloc(1)
  const client = Buffer.from('test')
  const compact = Buffer.concat([Buffer.from([client.length + 1]), client])
  const header = Buffer.alloc(10)
  header.writeInt16BE(API_VERSIONS, 0)
  header.writeInt16BE(VERSION, 2)
  header.writeInt32BE(1, 4)
  header.writeInt16BE(client.length, 8)
  const request = Buffer.concat([header, client, noTags, compact, compact, noTags])
  const size = Buffer.alloc(4)
  size.writeInt32BE(request.length)
  return Buffer.concat([size, request])
}
