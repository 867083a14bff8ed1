import { askTcp } from './ask-tcp.ts'

const METADATA = 3
const VERSION = 1

/** Whether a broker sees so many brokers at work, itself included. */
export async function seesBrokers(broker: string, count: number): Promise<boolean> {
  const answer = await askTcp(broker, metadataOfNoTopic())
  // Size, correlation id, then the array of brokers, which begins with its length.
  return answer.length >= 12 && answer.readInt32BE(8) >= count
}

function metadataOfNoTopic(): Buffer {
  const clientId = Buffer.from('test')
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + clientId.length + 4)
  let at = request.writeInt32BE(request.length - 4, 0)
  at = request.writeInt16BE(METADATA, at)
  at = request.writeInt16BE(VERSION, at)
  at = request.writeInt32BE(1, at)
  at = request.writeInt16BE(clientId.length, at)
  at += clientId.copy(request, at)
  request.writeInt32BE(0, at)
  return request
}
