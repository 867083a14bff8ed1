import type { Archive } from './archive.ts'
import { parseRawKey, type RawObjectName, rawPrefix } from './raw-key.ts'

/** An object of one partition, by its key alone. */
export interface RawObject extends RawObjectName {
  readonly key: string
}

export type RawObjects = ReadonlyMap<number, readonly RawObject[]>

/** All raw objects of a topic by partition, in order of offset. */
export async function listRawObjects(archive: Pick<Archive, 'list'>, topic: string): Promise<RawObjects> {
  const byPartition = new Map<number, RawObject[]>()
  for await (const key of archive.list(rawPrefix(topic))) {
    const name = parseRawKey(key)
    if (!name) continue
    const objects = byPartition.get(name.partition) ?? []
    byPartition.set(name.partition, objects)
    objects.push({ key, ...name })
  }
  for (const objects of byPartition.values()) objects.sort((a, b) => a.firstOffset - b.firstOffset)
  return byPartition
}
