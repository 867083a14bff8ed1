export interface KafkaPorts {
  /** By listener's name; each broker has PLAINTEXT. */
  readonly listeners: Readonly<Record<string, number>>
  readonly controller: number
}

export interface KafkaCluster {
  readonly brokers: readonly KafkaPorts[]
  /** Protocols of the listeners beside PLAINTEXT, by name. */
  readonly protocols: Readonly<Record<string, string>>
  /** Go over those that stand here. */
  readonly properties: Readonly<Record<string, string>>
}

/** Settings of a broker that is a controller too, by name; `index` counts from 0. */
export function kafkaSettings(
  cluster: KafkaCluster,
  index: number,
  logFolder: string,
): Readonly<Record<string, string | number | boolean>> {
  const own = cluster.brokers[index]
  if (!own) throw new Error(`no broker ${index}`)
  const addresses = Object.entries(own.listeners).map(([name, port]) => `${name}://127.0.0.1:${port}`)
  const voters = cluster.brokers.map(({ controller }, other) => `${other + 1}@127.0.0.1:${controller}`)
  const protocols = { PLAINTEXT: 'PLAINTEXT', CONTROLLER: 'PLAINTEXT', ...cluster.protocols }
  const copies = Math.min(cluster.brokers.length, 3)
  // With three brokers one may die.
  const inSync = copies > 1 ? copies - 1 : 1
  return {
    'process.roles': 'broker,controller',
    'node.id': index + 1,
    'controller.quorum.voters': voters.join(),
    listeners: [...addresses, `CONTROLLER://127.0.0.1:${own.controller}`].join(),
    'advertised.listeners': addresses.join(),
    'listener.security.protocol.map': Object.entries(protocols)
      .map(([name, protocol]) => `${name}:${protocol}`)
      .join(),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': logFolder,
    'default.replication.factor': copies,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': copies,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': inSync,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    // A broker that was killed is let in again when its session is over: 5 s instead of 12 s.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    ...cluster.properties,
  }
}
