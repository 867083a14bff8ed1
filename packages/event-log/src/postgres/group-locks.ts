import { createHash } from 'node:crypto'
import type { RunQuery } from './partition-store.ts'

/**
 * Who has what in a group, as advisory locks of the consumers' connections: a shared one says "I am a member", an
 * exclusive one "I handle this partition". Postgres drops them when the connection ends, however the process died.
 */
export interface GroupLocks {
  join(topic: string): Promise<void>
  /** Members' backends, and the partitions that somebody handles. */
  look(topic: string, partitions: number): Promise<{ members: readonly number[]; taken: ReadonlySet<number> }>
  tryTake(topic: string, partition: number): Promise<boolean>
  /** Frees the partition and tells the group. */
  release(topic: string, partition: number): Promise<void>
  releaseAll(): Promise<void>
  /** Makes every member look again. */
  tellGroup(): Promise<void>
}

export function createGroupLocks(query: RunQuery, group: string): GroupLocks {
  const memberKey = (topic: string) => lockKey('member', topic, group)
  const partitionKey = (topic: string, partition: number) => lockKey(`partition ${partition}`, topic, group)
  const tellGroup = async () => {
    await query({ text: `select pg_notify('millrace_log', 'group ' || $1::text)`, values: [group] })
  }
  return {
    tellGroup,
    async join(topic) {
      await query({ text: 'select pg_advisory_lock_shared($1::bigint)', values: [memberKey(topic)] })
    },
    async look(topic, partitions) {
      const places = Array.from({ length: partitions }, (_, partition) => partitionKey(topic, partition))
      const member = memberKey(topic)
      const rows = await query<{ key: string; pid: number }>({ ...look, values: [[member, ...places]] })
      const byKey = new Set(rows.map(({ key }) => key))
      return {
        members: rows.filter(({ key }) => key === member).map(({ pid }) => pid),
        taken: new Set([...places.keys()].filter((partition) => byKey.has(places[partition] as string))),
      }
    },
    async tryTake(topic, partition) {
      const values = [partitionKey(topic, partition)]
      const [row] = await query<{ got: boolean }>({ ...tryTake, values })
      return row?.got === true
    },
    async release(topic, partition) {
      await query({
        text: 'select pg_advisory_unlock($1::bigint)',
        values: [partitionKey(topic, partition)],
      })
      await tellGroup()
    },
    async releaseAll() {
      await query({ text: 'select pg_advisory_unlock_all()' })
      await tellGroup()
    },
  }
}

const tryTake = { name: 'log_try_take', text: 'select pg_try_advisory_lock($1::bigint) as got' }

const look = {
  name: 'log_look',
  text: `select l.key::text as key, l.pid from (
      select (classid::bigint << 32) | objid::bigint as key, pid from pg_locks
      where locktype = 'advisory' and objsubid = 1 and granted
        and database = (select oid from pg_database where datname = current_database())
    ) l
    where l.key = any ($1::bigint[])`,
}

function lockKey(what: string, topic: string, group: string): string {
  const hash = createHash('sha256').update(`millrace log\n${what}\n${topic}\n${group}`).digest()
  return hash.readBigInt64BE(0).toString()
}
