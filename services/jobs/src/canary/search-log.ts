import type { EventLog, LogRange } from '@millrace/event-log/event-log'
import type { FalsePeople } from './false-people.ts'
import type { Leak } from './leak.ts'

export interface SearchLogDeps {
  readonly log: Pick<EventLog, 'read'>
  readonly people: FalsePeople
}

/** Looks into the records of these parts: keys, headers and values. @throws Fault `log_unavailable` */
export async function searchLog(
  { log, people }: SearchLogDeps,
  parts: readonly LogRange[],
): Promise<readonly Leak[]> {
  const leaks: Leak[] = []
  await log.read(parts, ({ topic, partition }, records) => {
    for (const { key, value, headers, offset } of records) {
      const text = `${key}\n${value}${headers ? JSON.stringify(headers) : ''}`
      for (const kind of people.findIn(text))
        leaks.push({ store: 'log', place: `${topic} ${partition} at ${offset}`, kind })
    }
  })
  return leaks
}
