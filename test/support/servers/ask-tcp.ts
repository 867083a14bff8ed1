import { connect } from 'node:net'

/** Sends bytes to a port of 127.0.0.1 and gives the first part of the answer. */
export function askTcp(port: number, question: Buffer | string, timeoutMs = 2_000): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(question))
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed without an answer')))
    socket.once('data', (answer) => {
      resolve(answer)
      socket.destroy()
    })
  })
}
