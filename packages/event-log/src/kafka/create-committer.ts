/** The group goes on here in a partition. */
export interface CommitPlace {
  readonly topic: string
  readonly partition: number
  readonly nextOffset: number
}

export interface Committer {
  /** Rejects when it is not known to be stored. `isOurs` is asked again when its turn comes. */
  commit(place: CommitPlace, isOurs: () => boolean): Promise<void>
}

interface Waiting {
  readonly place: CommitPlace
  isOurs(): boolean
  resolve(): void
  reject(error: unknown): void
}

/**
 * One request at a time, and what waits goes together: of several at once over a broken connection kafkajs would open
 * a connection each, and keep all but the last to stumble over.
 */
export function createCommitter(send: (places: readonly CommitPlace[]) => Promise<void>): Committer {
  let waiting: Waiting[] = []
  let flushing = false

  async function flush(): Promise<void> {
    flushing = true
    while (waiting.length > 0) {
      const together = waiting
      waiting = []
      await sendTogether(together.filter(isStillOurs))
    }
    flushing = false
  }

  async function sendTogether(together: readonly Waiting[]): Promise<void> {
    if (together.length === 0) return
    try {
      await send(together.map(({ place }) => place))
      for (const { resolve } of together) resolve()
    } catch (error) {
      for (const { reject } of together) reject(error)
    }
  }

  return {
    commit: (place, isOurs) =>
      new Promise((resolve, reject) => {
        waiting.push({ place, isOurs, resolve, reject })
        if (!flushing) void flush()
      }),
  }
}

/** The broker would take the commit of a partition that another member has by now, and move its place. */
function isStillOurs({ isOurs, reject }: Waiting): boolean {
  if (isOurs()) return true
  reject(new Error('the group has shared out anew'))
  return false
}
