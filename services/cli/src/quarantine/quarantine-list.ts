import { listQuarantine } from '@millrace/warehouse/quarantine'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { useDatabase } from '../database/use-database.ts'
import { printTable } from '../print-table.ts'
import { type FilterFlags, withFilter } from './filter-options.ts'

export function quarantineListCommand({ env, out }: CommandDeps): Command {
  return withFilter(new Command('list'), 100)
    .description('Events that wait in quarantine, oldest first.')
    .option('--json', 'one JSON array, with the scrubbed events')
    .action(async ({ code, id, limit, json }: FilterFlags) => {
      const filter = { limit, ...(code ? { code } : {}), ...(id ? { eventId: id } : {}) }
      const rows = await useDatabase(env, (pool) => listQuarantine(pool, filter))
      if (json) return out(JSON.stringify(rows))
      if (rows.length === 0) return out('quarantine is empty')
      printTable(
        rows.map(({ receivedAt, source, code, path, detail }) => [receivedAt, source, code, path, detail]),
        out,
      )
    })
}
