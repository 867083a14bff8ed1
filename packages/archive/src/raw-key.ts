/** Where an object of the raw archive stands. */
export interface RawObjectName {
  readonly topic: string
  readonly partition: number
  /** Of its first record. */
  readonly firstOffset: number
  /** UTC hour in which its first record was received, as `2026-11-21T12`. */
  readonly receivedHour: string
}

const KEY = /^raw\/([^/]+)\/received_hour=(\d{4}-\d\d-\d\dT\d\d)\/p(\d{4,})-(\d{19,})\.ndjson\.gz$/

/** The same first record always gives the same key: that is what lets an object be put once. */
export function rawKey({ topic, partition, firstOffset, receivedHour }: RawObjectName): string {
  const name = `p${String(partition).padStart(4, '0')}-${String(firstOffset).padStart(19, '0')}`
  return `${rawPrefix(topic)}received_hour=${receivedHour}/${name}.ndjson.gz`
}

/** What the keys of a topic's objects begin with. */
export function rawPrefix(topic: string): string {
  return `raw/${topic}/`
}

/** Undefined when this is no key of a raw object. */
export function parseRawKey(key: string): RawObjectName | undefined {
  const [, topic, receivedHour, partition, firstOffset] = KEY.exec(key) ?? []
  if (topic === undefined || receivedHour === undefined) return undefined
  return { topic, receivedHour, partition: Number(partition), firstOffset: Number(firstOffset) }
}
