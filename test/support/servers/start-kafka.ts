import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { freePorts } from './free-ports.ts'
import { installKafka } from './install-kafka.ts'
import { seesBrokers } from './kafka-is-ready.ts'
import { type KafkaCluster, kafkaSettings } from './kafka-properties.ts'
import { runInstaller } from './run-installer.ts'
import { createServerNode, type ServerNode, type ServerNodes } from './server-node.ts'
import { openFolder } from './temporary-folder.ts'

export interface StartKafkaOptions {
  /** Kept after the stop, and must be new; a temporary one unless given. */
  readonly folder?: string
  /** Three have replication 3 and min.insync.replicas 2. One unless given. */
  readonly brokers?: 1 | 3
  /** Go over those of the start, as `{ 'message.max.bytes': '2000000' }`. */
  readonly properties?: Readonly<Record<string, string>>
  /** Protocols of listeners beside PLAINTEXT by name, as `{ SASL: 'SASL_PLAINTEXT' }`. */
  readonly listeners?: Readonly<Record<string, string>>
  /** More arguments of the storage tool's `format`, as `--add-scram`. */
  readonly formatArguments?: readonly string[]
}

export interface StartedKafka {
  /** `host:port` of all brokers, with commas. */
  readonly brokers: string
  /** The same for a listener of the options. */
  addresses(listener: string): string
  readonly nodes: ServerNodes
  stop(): Promise<void>
}

/** SerialGC and one compiler tier: the least memory (280 MB a broker) and the quickest start (4 s). */
const JVM = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

/** A Kafka of the caller's own. @throws ServerMissing */
export async function startKafka({
  folder: given,
  brokers: count = 1,
  properties = {},
  listeners = {},
  formatArguments = [],
}: StartKafkaOptions = {}): Promise<StartedKafka> {
  const libs = await installKafka()
  const { folder, remove } = await openFolder('kafka', given)
  const cluster = {
    brokers: await choosePorts(count, Object.keys(listeners)),
    protocols: listeners,
    properties,
  }
  const classPath = path.join(libs, '*')
  const format = [...JVM, '-cp', classPath, 'kafka.tools.StorageTool', 'format', '-t', clusterId()]
  const nodes: ServerNode[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.kill()))
    await remove()
  }
  try {
    for (const [index] of cluster.brokers.entries()) {
      const config = await writeConfig(cluster, index, folder)
      await runInstaller('java', [...format, '-c', config, ...formatArguments])
      nodes.push(
        createBroker(cluster, index, [
          ...JVM,
          '-cp',
          classPath,
          '-Dlog4j2.level=INFO',
          'kafka.Kafka',
          config,
        ]),
      )
    }
    await Promise.all(nodes.map((node) => node.start()))
  } catch (error) {
    await stop()
    throw error
  }
  const addresses = (listener: string): string =>
    cluster.brokers.map((broker) => `127.0.0.1:${broker.listeners[listener]}`).join()
  return { brokers: addresses('PLAINTEXT'), addresses, nodes: nodes as [ServerNode, ...ServerNode[]], stop }
}

async function choosePorts(count: number, listeners: readonly string[]): Promise<KafkaCluster['brokers']> {
  const names = ['PLAINTEXT', ...listeners]
  const ports = [...(await freePorts(count * (names.length + 1)))]
  const next = (): number => ports.pop() ?? 0
  return Array.from({ length: count }, () => ({
    listeners: Object.fromEntries(names.map((name) => [name, next()])),
    controller: next(),
  }))
}

/** As the storage tool's random-uuid makes it, which would take another start of a JVM. */
function clusterId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? clusterId() : id
}

async function writeConfig(cluster: KafkaCluster, index: number, folder: string): Promise<string> {
  const home = path.join(folder, `broker-${index + 1}`)
  await mkdir(home, { recursive: true })
  const config = path.join(home, 'server.properties')
  const settings = Object.entries(kafkaSettings(cluster, index, path.join(home, 'log')))
  await writeFile(config, `${settings.map(([name, value]) => `${name}=${value}`).join('\n')}\n`)
  return config
}

function createBroker(cluster: KafkaCluster, index: number, args: readonly string[]): ServerNode {
  const home = path.dirname(args.at(-1) ?? '')
  const address = `127.0.0.1:${cluster.brokers[index]?.listeners.PLAINTEXT}`
  let startedBefore = false
  return createServerNode({
    title: `Kafka broker ${index + 1}`,
    command: ['java', ...args],
    cwd: home,
    log: path.join(home, 'kafka.log'),
    async isReady() {
      // The first time all must be there; later one comes back while others may be away.
      const ready = await seesBrokers(address, startedBefore ? 1 : cluster.brokers.length)
      startedBefore ||= ready
      return ready
    },
  })
}
