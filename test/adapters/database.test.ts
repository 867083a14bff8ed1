import { readFile } from 'node:fs/promises'
import { createPool } from '@millrace/warehouse/database'
import { expect, inject, onTestFinished, test } from 'vitest'

test.skipIf(process.platform !== 'linux')(
  'a server that vanishes without a word while it is waited for is asked for after 10 s, not after two hours',
  async () => {
    const pool = createPool({ url: inject('postgresUrl'), name: 'test' })
    onTestFinished(() => pool.end())
    const client = await pool.connect()
    onTestFinished(() => client.release())
    const { rows } = await client.query<{ port: number }>('select inet_client_port() as port')
    const { kind, seconds } = await socketTimer(rows[0]?.port ?? 0)
    expect(kind).toBe('keepalive')
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(10)
  },
)

/** What the kernel will do next for the socket of a local port, by its table of TCP sockets. */
async function socketTimer(port: number): Promise<{ kind: string; seconds: number }> {
  const place = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const sockets = (await readFile('/proc/net/tcp', 'utf8'))
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  const [kind, ticks] = (sockets.find(([, local]) => local?.endsWith(place))?.[5] ?? '').split(':')
  return {
    kind: kind === '02' ? 'keepalive' : `other (${kind})`,
    seconds: Number.parseInt(ticks ?? '', 16) / 100,
  }
}
