/** A server that cannot be had on this machine; the message says what to install. A failure in CI, else a skip. */
export class ServerMissing extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ServerMissing'
  }
}
