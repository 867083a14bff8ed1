import { connect } from 'node:net'

/** Sends bytes to `host:port` and gives the first part of the answer. */
export function askTcp(address: string, question: Buffer | string, timeoutMs = 2_000): Promise<Buffer> {
  const { hostname, port } = new URL(`tcp://${address}`)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(question))
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed without an answer')))
    socket.once('data', (answer) => {
      resolve(answer)
      socket.destroy()
    })
  })
}
