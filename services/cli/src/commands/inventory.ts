import { type InventoryRow, readInventory } from '@millrace/warehouse/read-inventory'
import { Command, InvalidArgumentError } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { useDatabase } from '../database/use-database.ts'
import { printTable } from '../print-table.ts'

const HEAD = ['events', 'kind', 'done', 'source', 'event', 'field', 'last day']
const DEFAULT_DAYS = 30
const MOST_DAYS = 36_500

interface InventoryFlags {
  readonly days: number
  readonly json?: boolean
}

export function inventoryCommand({ env, out }: CommandDeps): Command {
  return new Command('inventory')
    .description('Which fields carried which personal data, and what was done with it: counts, never values.')
    .option('--days <days>', 'of so many business days, today included', wholeDays, DEFAULT_DAYS)
    .option('--json', 'one JSON array of { source, event, field, kind, treatment, events, lastDate }')
    .action(async ({ days, json }: InventoryFlags) => {
      const rows = await useDatabase(env, (pool) => readInventory(pool, days))
      if (json) return out(JSON.stringify(rows))
      if (rows.length === 0) return out(`no personal data was found in ${days} days`)
      printTable([HEAD, ...rows.map(tableRow)], out)
    })
}

/** Names come from frontends, and none may move a terminal's cursor. */
function tableRow({ events, kind, treatment, source, event, field, lastDate }: InventoryRow) {
  return [events, kind, treatment, source, printable(event), printable(field), lastDate]
}

function printable(name: string): string {
  return name.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '?')
}

function wholeDays(text: string): number {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS)
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MOST_DAYS}.`)
  return days
}
