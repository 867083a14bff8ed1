import { listQuarantine, type QuarantineRow } from '@millrace/warehouse/quarantine'
import { Command } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { useDatabase } from '../database/use-database.ts'
import { printTable } from '../print-table.ts'
import { type FilterFlags, withFilter } from './filter-options.ts'

const HEAD = ['received', 'source', 'event', 'code', 'path', 'detail', 'id']

export function quarantineListCommand({ env, out }: CommandDeps): Command {
  return withFilter(new Command('list'), 100)
    .description('Events that wait in quarantine, oldest first.')
    .option('--json', 'one JSON array, with the scrubbed events')
    .action(async ({ code, id, limit, json }: FilterFlags) => {
      const filter = { limit, ...(code ? { code } : {}), ...(id ? { eventId: id } : {}) }
      const rows = await useDatabase(env, (pool) => listQuarantine(pool, filter))
      if (json) return out(JSON.stringify(rows))
      if (rows.length === 0)
        return out(code || id ? 'nothing in quarantine is like this' : 'quarantine is empty')
      printTable([HEAD, ...rows.map(tableRow)], out)
    })
}

function tableRow(row: QuarantineRow): readonly string[] {
  const { receivedAt, source, code, path, detail, eventId } = row
  return [receivedAt, source, eventName(row), code, path, detail, eventId ?? '-']
}

/** As the client called it; it may be anything, also what would move a terminal's cursor. */
function eventName({ stage, record }: QuarantineRow): string {
  const event: unknown = stage === 'contract' ? record.event : record
  if (typeof event !== 'object' || event === null) return '-'
  const { event: name, type } = event as { readonly event?: unknown; readonly type?: unknown }
  const shown = name ?? type
  return typeof shown === 'string' && /^[\p{L}\p{N} ._:-]{1,60}$/u.test(shown) ? shown : '-'
}
