import { setTimeout as sleep } from 'node:timers/promises'
import type { Archive } from '@millrace/archive/archive'
import {
  createReplay,
  type ReplayChoice,
  type ReplayDeps,
  type Replayed,
} from '@millrace/loader/create-replay'
import { createPool } from '@millrace/warehouse/database'
import { migrateWarehouse } from '@millrace/warehouse/migrate-warehouse'
import { openShadow } from '@millrace/warehouse/shadow/open-shadow'

export interface OpenReplay {
  replay(choice: ReplayChoice): Promise<Replayed>
  close(): Promise<void>
}

/** A replay of a test's database; close it, also to have it forget what it read. */
export async function openReplay(
  url: string,
  archive: Archive,
  given: Partial<ReplayDeps> & { readonly timeZone: string },
): Promise<OpenReplay> {
  const { timeZone } = given
  const shadow = await openShadow({ liveUrl: url, timeZone, connections: 6 })
  const live = createPool({ url, name: 'test replay', max: 6 })
  return {
    replay: createReplay({
      live,
      shadow: shadow.pool,
      archive,
      archivedUntil: async () => new Map(),
      waitSeconds: 5,
      applyKpis: async () => (await migrateWarehouse({ databaseUrl: url, timeZone })).filled,
      now: () => new Date(),
      sleep,
      onStep: () => undefined,
      ...given,
    }),
    async close() {
      await live.end()
      await shadow.close()
    },
  }
}
