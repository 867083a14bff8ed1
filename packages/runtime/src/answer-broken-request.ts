import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** Node's codes for what cannot be read as a request, with their status and what was expected. Everything else is a 400. */
const PROBLEMS: ReadonlyMap<string, readonly [status: number, detail: string]> = new Map([
  ['HPE_HEADER_OVERFLOW', [431, 'expected headers of at most 16 KB in all']],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', [413, 'expected chunks without long extensions']],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'expected the whole request sooner']],
])

/** Answers what is no request of HTTP as the other errors are answered, where Node itself would send no body. */
export function answerBrokenRequest(
  socket: Duplex,
  code: string | undefined,
  body: (detail: string) => unknown,
): void {
  const [status, detail] = PROBLEMS.get(code ?? '') ?? [400, 'expected a request of HTTP/1.1']
  const text = JSON.stringify(body(detail))
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy())
}
