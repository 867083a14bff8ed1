import type { Archive } from '@millrace/archive/archive'
import { Fault } from '@millrace/contracts/fault'

/**
 * Where archiving goes on, so that every object begins where another ended. A group's position says the same but for
 * one case: a batch that comes again may end inside an object that an archiver stored before it died. Then the rest of
 * that object is noted in the archive before the batch is committed.
 */
export interface ResumePoints {
  /** The first offset from this one on that is in no object. */
  firstMissing(at: PartitionOffset): Promise<number>
  /** To be called before the batch is committed. */
  remember(at: Partition, reached: Reached): Promise<void>
}

/** A batch had offsets from `first` up to and with `handled`; objects now reach up to and with `archived`. */
export interface Reached {
  readonly first: number
  readonly handled: number
  readonly archived: number
}

export interface Partition {
  readonly topic: string
  readonly partition: number
}

export interface PartitionOffset extends Partition {
  readonly offset: number
}

/** Offsets from `from` up to, not including, `to` are in an object. */
interface Note {
  readonly from: number
  readonly to: number
}

const TRIES = 10

export function createResumePoints(archive: Archive): ResumePoints {
  const known = new Map<string, Note>()
  return {
    async firstMissing({ topic, partition, offset }) {
      const key = noteKey({ topic, partition })
      // Where this process went on itself, nobody else has been in between.
      const mine = known.get(key)
      const notes = mine?.from === offset ? [mine] : (await readNotes(archive, key)).notes
      return notes.find(({ from, to }) => from <= offset && offset < to)?.to ?? offset
    },
    async remember(at, { first, handled, archived }) {
      const key = noteKey(at)
      const note = { from: handled + 1, to: archived + 1 }
      if (archived > handled) await addNote(archive, key, note, first)
      known.set(key, note)
    },
  }
}

function noteKey({ topic, partition }: Partition): string {
  return `resume/${topic}/p${String(partition).padStart(4, '0')}.json`
}

interface Notes {
  readonly notes: readonly Note[]
  /** Absent when nothing was ever noted. */
  readonly etag?: string
}

async function readNotes(archive: Archive, key: string): Promise<Notes> {
  const object = await archive.get(key)
  if (!object) return { notes: [] }
  return { notes: JSON.parse(Buffer.from(object.body).toString()) as readonly Note[], etag: object.etag }
}

/** Earlier notes stay while a batch could begin inside them: from `committed` on. */
async function addNote(archive: Archive, key: string, note: Note, committed: number): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { notes, etag } = await readNotes(archive, key)
    const kept = notes.filter(({ from, to }) => to > committed && from !== note.from)
    const body = Buffer.from(JSON.stringify([...kept, note]))
    const done =
      etag === undefined
        ? (await archive.putIfAbsent(key, body, {})) === 'created'
        : (await archive.replaceIfUnchanged(key, etag, body, {})) === 'replaced'
    if (done) return
  }
  throw new Fault('archive_unavailable', `Could not write ${key}: others kept changing it`)
}
