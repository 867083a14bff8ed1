import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Archive } from '@millrace/archive/archive'
import { parseRawKey, rawPrefix } from '@millrace/archive/raw-key'
import { listSpool } from '@millrace/archive/spool'
import type { LogRange } from '@millrace/event-log/event-log'
import type { FalsePeople } from './false-people.ts'
import type { Leak } from './leak.ts'

export interface SearchArchiveDeps {
  readonly archive: Pick<Archive, 'list' | 'get'>
  readonly people: FalsePeople
  readonly signal: AbortSignal
}

export interface ArchiveSearch {
  readonly leaks: readonly Leak[]
  /** Whether all of a part was found in objects, and looked at. */
  covers(part: LogRange): boolean
}

/** An object that was looked into: offsets from firstOffset up to, not including, nextOffset. */
interface Seen extends LogRange {
  readonly key: string
}

/**
 * Looks into the raw objects that hold these parts of the log, and into what waits in the spool. Only objects of the
 * given received hours are listed, all when none are given.
 */
export async function searchArchive(
  deps: SearchArchiveDeps,
  parts: readonly LogRange[],
  hours: readonly string[] = [''],
): Promise<ArchiveSearch> {
  const leaks: Leak[] = []
  const seen: Seen[] = []
  for (const key of await keysOf(deps.archive, parts, hours)) {
    deps.signal.throwIfAborted()
    const name = parseRawKey(key)
    const lines = await readLines(deps.archive, key)
    const last = lines?.at(-1)
    if (!name || !lines || !last) continue
    leaks.push(...leaksIn(deps.people, key, lines))
    const { offset } = JSON.parse(last) as { offset: number }
    seen.push({ key, ...name, nextOffset: offset + 1 })
  }
  for await (const key of listSpool(deps.archive)) {
    deps.signal.throwIfAborted()
    leaks.push(...leaksIn(deps.people, key, (await readLines(deps.archive, key)) ?? []))
  }
  return { leaks, covers: (part) => isCovered(part, seen) }
}

/** Of the objects of a partition those that begin before the end of a part, and whose followers begin behind its start. */
async function keysOf(
  archive: Pick<Archive, 'list'>,
  parts: readonly LogRange[],
  hours: readonly string[],
): Promise<readonly string[]> {
  const wanted: string[] = []
  for (const topic of new Set(parts.map((part) => part.topic))) {
    const objects: { readonly key: string; readonly partition: number; readonly firstOffset: number }[] = []
    for (const hour of hours) {
      const prefix = hour === '' ? rawPrefix(topic) : `${rawPrefix(topic)}received_hour=${hour}/`
      for await (const key of archive.list(prefix)) {
        const name = parseRawKey(key)
        if (name) objects.push({ key, ...name })
      }
    }
    objects.sort((a, b) => a.partition - b.partition || a.firstOffset - b.firstOffset)
    for (const [index, { key, partition, firstOffset }] of objects.entries()) {
      const follower = objects[index + 1]
      const next = follower?.partition === partition ? follower.firstOffset : Number.POSITIVE_INFINITY
      const holds = (part: LogRange): boolean =>
        part.topic === topic &&
        part.partition === partition &&
        firstOffset < part.nextOffset &&
        next > part.firstOffset
      if (parts.some(holds)) wanted.push(key)
    }
  }
  return wanted
}

function isCovered({ topic, partition, firstOffset, nextOffset }: LogRange, seen: readonly Seen[]): boolean {
  const objects = seen.filter((one) => one.topic === topic && one.partition === partition)
  let reached = firstOffset
  for (const object of objects)
    if (object.firstOffset <= reached) reached = Math.max(reached, object.nextOffset)
  return reached >= nextOffset
}

async function readLines(archive: Pick<Archive, 'get'>, key: string): Promise<readonly string[] | undefined> {
  const object = await archive.get(key)
  if (!object) return undefined
  const text = (await promisify(gunzip)(object.body)).toString('utf8')
  return text.trimEnd().split('\n')
}

/** Line by line only where something is: most objects have nothing. */
function leaksIn(people: FalsePeople, key: string, lines: readonly string[]): Leak[] {
  if (people.findIn(lines.join('\n')).length === 0) return []
  return lines.flatMap((line, index) =>
    people.findIn(line).map((kind): Leak => ({ store: 'archive', place: `${key} line ${index + 1}`, kind })),
  )
}
