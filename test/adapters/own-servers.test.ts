import { readFileSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { isAlive } from '@millrace/runtime/embedded-postgres/is-alive'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { onServer } from '../support/on-server.ts'
import { runTypeScript } from '../support/run-program.ts'
import { sendToS3 } from '../support/send-to-s3.ts'
import { askTcp } from '../support/servers/ask-tcp.ts'
import { findPostgres15 } from '../support/servers/find-postgres.ts'
import { installKafka } from '../support/servers/install-kafka.ts'
import { installRedis } from '../support/servers/install-redis.ts'
import { installS3 } from '../support/servers/install-s3.ts'
import { seesBrokers } from '../support/servers/kafka-is-ready.ts'
import { startKafka } from '../support/servers/start-kafka.ts'
import { startPostgres } from '../support/servers/start-postgres.ts'
import { startRedis } from '../support/servers/start-redis.ts'
import { startS3 } from '../support/servers/start-s3.ts'
import { startSecureKafka } from '../support/servers/start-secure-kafka.ts'
import { describeWith } from '../support/servers.ts'

// Servers that a test may kill: what they kept must be there when they are back, at the address they had.

await describeWith(installRedis, 'a Redis of a test', () => {
  test('comes back from a kill with what it had answered for', async () => {
    const { url, nodes, stop } = await startRedis({ durable: true })
    onTestFinished(stop)
    const { host } = new URL(url)
    expect((await askTcp(host, 'SET kept 42\r\n')).toString()).toBe('+OK\r\n')
    const before = nodes[0].pid
    await nodes[0].kill()
    expect(isAlive(before)).toBe(false)
    await expect(askTcp(host, 'PING\r\n')).rejects.toThrow(/ECONNREFUSED/)
    await nodes[0].start()
    expect((await askTcp(host, 'GET kept\r\n')).toString()).toBe('$2\r\n42\r\n')
  })

  test('that is stopped without having ended answers again when it goes on', async () => {
    const { url, nodes, stop } = await startRedis()
    onTestFinished(stop)
    const { host } = new URL(url)
    await nodes[0].kill('SIGSTOP')
    await expect(askTcp(host, 'PING\r\n', 200)).rejects.toThrow(/no answer/)
    await nodes[0].kill('SIGCONT')
    expect((await askTcp(host, 'PING\r\n')).toString()).toBe('+PONG\r\n')
  })
})

await describeWith(installS3, 'an S3 server of a test', () => {
  test('comes back from a kill with its objects and its secret', async () => {
    const { nodes, stop, ...s3 } = await startS3()
    onTestFinished(stop)
    await sendToS3(s3, { method: 'PUT', path: '/kept' })
    await sendToS3(s3, { method: 'PUT', path: '/kept/object', body: 'still here' })
    await nodes[0].kill()
    await nodes[0].start()
    expect(await (await sendToS3(s3, { method: 'GET', path: '/kept/object' })).text()).toBe('still here')
  })
})

await describeWith(findPostgres15, 'a Postgres 15 of a test', () => {
  test('stays dead after a kill until it is started, and has what was committed', async () => {
    const { url, nodes, stop } = await startPostgres({ major: 15, durable: true })
    onTestFinished(stop)
    await onServer(url, 'create table kept as select 42 as answer')
    await nodes[0].kill()
    await expect(onServer(url, 'select 1')).rejects.toThrow(/ECONNREFUSED/)
    await nodes[0].start()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    onTestFinished(() => client.end())
    expect((await client.query('select answer from kept')).rows).toEqual([{ answer: 42 }])
  })

  test('that stands still answers nobody, also not who is connected, until it goes on', async () => {
    const { url, nodes, stop } = await startPostgres({ major: 15 })
    onTestFinished(stop)
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    onTestFinished(() => client.end())
    await nodes[0].kill('SIGSTOP')
    const answer = client.query('select 42 as answer').then(({ rows }) => rows)
    expect(await Promise.race([answer, sleep(1_000, 'silence')])).toBe('silence')
    await nodes[0].kill('SIGCONT')
    expect(await answer).toEqual([{ answer: 42 }])
  })

  test('that stands still can be stopped', async () => {
    const { nodes, stop } = await startPostgres({ major: 15 })
    await nodes[0].kill('SIGSTOP')
    await stop()
    expect(isRunning(nodes[0].pid)).toBe(false)
  })
})

await describeWith(installKafka, 'a Kafka of a test', () => {
  test('of three brokers goes on with two, and the third comes back', { timeout: 180_000 }, async () => {
    const { brokers, nodes, stop } = await startKafka({ brokers: 3 })
    onTestFinished(stop)
    const [, second = ''] = brokers.split(',')
    expect(await seesBrokers(second, 3)).toBe(true)
    await nodes[0].kill()
    const seen = (count: number) => async () => seesBrokers(second, count)
    await expect.poll(seen(3), { timeout: 60_000 }).toBe(false)
    expect(await seesBrokers(second, 2)).toBe(true)
    await nodes[0].start()
    await expect.poll(seen(3), { timeout: 60_000 }).toBe(true)
  })

  test('with TLS shows a certificate that its own authority alone vouches for', {
    timeout: 120_000,
  }, async () => {
    const { tls, saslTls, ca, stop } = await startSecureKafka()
    onTestFinished(stop)
    for (const listener of [tls, saslTls]) {
      await expect(shakeHands(listener, ca)).resolves.toBe(true)
      await expect(shakeHands(listener)).rejects.toThrow(/self-signed/)
    }
  })
})

await describeWith(
  () => Promise.all([installRedis(), installS3(), findPostgres15()]),
  'a process with servers',
  () => {
    test.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
      'that %s ends leaves no process and no folder',
      async (signal) => {
        const temporary = await makeDataFolder()
        onTestFinished(() => rm(temporary, { recursive: true }))
        const holder = runTypeScript('./hold-servers.ts', [], { env: { ...process.env, TMPDIR: temporary } })
        const pids = JSON.parse(await holder.firstLine) as number[]
        expect(pids.map(isRunning)).toEqual([true, true, true])
        expect(await left(temporary)).not.toEqual([])
        holder.child.kill(signal)
        await expect.poll(() => pids.map(isRunning), { timeout: 10_000 }).toEqual([false, false, false])
        await expect.poll(() => left(temporary), { timeout: 10_000 }).toEqual([])
      },
    )
  },
)

/** Whether a TLS connection came about. */
function shakeHands(address: string, ca?: string): Promise<boolean> {
  const { hostname: host, port } = new URL(`tcp://${address}`)
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), ...(ca === undefined ? {} : { ca }) }, () => {
      resolve(socket.authorized)
      socket.destroy()
    })
    socket.once('error', reject)
  })
}

/** One that ended and that nobody waited for, as in a container without an init, runs no more. */
function isRunning(pid: number): boolean {
  if (!isAlive(pid)) return false
  const stat = process.platform === 'linux' ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ''
  return !/\) Z /.test(stat)
}

/** Folders of ours; tsx keeps one of its own. */
async function left(temporary: string): Promise<readonly string[]> {
  return (await readdir(temporary)).filter((name) => name.startsWith('millrace-'))
}
