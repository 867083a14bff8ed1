import type { ArchivedObject } from '@millrace/archive/choose-objects'

/** What has to be in the archive of one partition. */
export interface Needed {
  readonly partition: number
  /** Offsets from `from` up to, not including, `until`. */
  readonly from: number
  readonly until: number
}

/** `late`: records at the end that the archiver may still come to; `lost`: others, with which nothing can be recomputed. */
export interface Gap {
  readonly kind: 'late' | 'lost'
  readonly partition: number
  /** The first offset that no object holds. */
  readonly offset: number
}

/** The first needed offset of a partition that none of its objects (in order of offset) holds. */
export function findGap(
  objects: readonly ArchivedObject[],
  { partition, from, until }: Needed,
): Gap | undefined {
  let reached = from
  for (const object of objects) {
    if (object.partition !== partition || object.lastOffset < reached) continue
    if (object.firstOffset > reached) return { kind: 'lost', partition, offset: reached }
    reached = object.lastOffset + 1
  }
  return reached < until ? { kind: 'late', partition, offset: reached } : undefined
}
