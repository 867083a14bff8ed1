/**
 * The partition of a key, by murmur2 as in Kafka's default partitioner, so that every adapter (and every Kafka client)
 * puts a key into the same place.
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions
}

/** Signed 32-bit murmur2 of the key's UTF-8 bytes, with Kafka's seed. */
export function murmur2(key: string): number {
  const bytes = Buffer.from(key)
  const blocksEnd = bytes.length & ~3
  let hash = 0x9747b28c ^ bytes.length
  for (let at = 0; at < blocksEnd; at += 4) {
    let block = bytes.readInt32LE(at)
    block = Math.imul(block, 0x5bd1e995)
    block ^= block >>> 24
    hash = Math.imul(hash, 0x5bd1e995) ^ Math.imul(block, 0x5bd1e995)
  }
  const rest = bytes.length - blocksEnd
  if (rest > 0) {
    hash = Math.imul(hash ^ bytes.readUIntLE(blocksEnd, rest), 0x5bd1e995)
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0x5bd1e995)
  return hash ^ (hash >>> 15)
}
