import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { FalsePeople } from './false-people.ts'
import type { Leak } from './leak.ts'

/** How far a file was looked at. */
export interface FilePlace {
  readonly inode: number
  readonly bytes: number
  readonly lines: number
}

/** By the file's path. */
export type FilePlaces = Readonly<Record<string, FilePlace>>

export interface SearchFilesDeps {
  readonly people: FalsePeople
  readonly signal: AbortSignal
}

export interface FilesSearch {
  readonly files: number
  readonly leaks: readonly Leak[]
  /** Where the next search goes on. A file with something in it is looked at again from where this one began. */
  readonly places: FilePlaces
}

/** Looks into what these files grew by since they were looked at last; a file that was replaced or emptied is a new one. */
export async function searchFiles(
  { people, signal }: SearchFilesDeps,
  patterns: readonly string[],
  before: FilePlaces,
): Promise<FilesSearch> {
  const leaks: Leak[] = []
  const places: Record<string, FilePlace> = {}
  const files = [...new Set((await Promise.all(patterns.map(filesLike))).flat())]
  for (const file of files) {
    signal.throwIfAborted()
    const found = await searchFile(people, file, before[file])
    if (!found) continue
    leaks.push(...found.leaks)
    places[file] = found.place
  }
  return { files: Object.keys(places).length, leaks, places }
}

const NOTHING_YET = { bytes: 0, lines: 0 }

async function searchFile(people: FalsePeople, file: string, before: FilePlace | undefined) {
  const now = await stat(file).catch(() => undefined)
  if (!now?.isFile()) return undefined
  const from = before?.inode === now.ino && before.bytes <= now.size ? before : NOTHING_YET
  const leaks: Leak[] = []
  let [bytes, lines] = [from.bytes, from.lines]
  for await (const { text, size, ended } of linesOf(file, from.bytes, now.size)) {
    for (const kind of people.findIn(text))
      leaks.push({ store: 'files', place: `${file} line ${lines + 1}`, kind })
    // What is not written wholly yet is looked at again.
    if (!ended) break
    bytes += size
    lines += 1
  }
  const place = leaks.length > 0 ? from : { bytes, lines }
  return { leaks, place: { inode: now.ino, bytes: place.bytes, lines: place.lines } }
}

interface Line {
  readonly text: string
  /** With its end. */
  readonly size: number
  readonly ended: boolean
}

async function* linesOf(file: string, start: number, end: number): AsyncIterable<Line> {
  if (start >= end) return
  let rest = Buffer.alloc(0)
  for await (const chunk of createReadStream(file, { start, end: end - 1 })) {
    rest = Buffer.concat([rest, chunk as Buffer])
    let from = 0
    for (let at = rest.indexOf(NEW_LINE); at >= 0; at = rest.indexOf(NEW_LINE, from)) {
      yield { text: rest.toString('utf8', from, at), size: at + 1 - from, ended: true }
      from = at + 1
    }
    rest = rest.subarray(from)
  }
  if (rest.length > 0) yield { text: rest.toString('utf8'), size: rest.length, ended: false }
}

const NEW_LINE = 10

/** The files of a path whose parts may hold `*`, as `/var/log/otel/*.json`. */
async function filesLike(pattern: string): Promise<readonly string[]> {
  const { root, dir, base } = path.parse(path.resolve(pattern))
  let found = [root]
  for (const part of [...dir.slice(root.length).split(path.sep), base].filter(Boolean)) {
    if (!part.includes('*')) found = found.map((folder) => path.join(folder, part))
    else found = (await Promise.all(found.map((folder) => entriesLike(folder, part)))).flat()
  }
  return found
}

async function entriesLike(folder: string, part: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  const pieces = part.split('*').map((piece) => piece.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const like = new RegExp(`^${pieces.join('.*')}$`)
  return names.filter((name) => like.test(name)).map((name) => path.join(folder, name))
}
