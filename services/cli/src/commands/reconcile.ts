import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFolderArchive } from '@millrace/archive/folder'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { createPostgresLog } from '@millrace/event-log/postgres'
import { createPool } from '@millrace/warehouse/database'
import type { Coverage, OffsetRange, PartitionAccount } from '@millrace/warehouse/reconcile'
import { Command, InvalidArgumentError } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { DEFAULT_DATA_DIR } from '../data-dir.ts'
import { findDatabaseUrl } from '../database/use-database.ts'
import { printTable } from '../print-table.ts'
import { runReconcile } from '../reconcile/run-reconcile.ts'

interface ReconcileFlags {
  readonly wait: number
  readonly json?: boolean
}

export function reconcileCommand({ env, out, note, exitWith, now }: CommandDeps): Command {
  return new Command('reconcile')
    .description(
      'Prove that every accepted event is accounted for: log = archive = loaded + ignored + duplicate + …',
    )
    .option('--wait <seconds>', 'for the archiver and the loader to come to the end of the log', seconds, 30)
    .option('--json', 'one JSON object { balanced, partitions }')
    .action(async ({ wait, json }: ReconcileFlags) => {
      const databaseUrl = await findDatabaseUrl(env)
      const log = createPostgresLog({ connection: databaseUrl, clientName: 'cli', now, onError: note })
      const pool = createPool({ url: databaseUrl, name: 'cli' })
      const archive = createFolderArchive({
        folder: path.resolve(env.DATA_DIR || DEFAULT_DATA_DIR, 'archive'),
      })
      try {
        const accounts = await runReconcile(
          { log, pool, archive, now, sleep, progress: json ? () => undefined : note },
          { topics: [EVENTS_TOPIC, QUARANTINE_TOPIC], waitSeconds: wait },
        )
        const balanced = accounts.every((account) => account.balanced)
        if (!balanced) exitWith(1)
        if (json) out(JSON.stringify({ balanced, partitions: accounts }))
        else report(accounts, balanced, out)
      } finally {
        await Promise.all([log.close(), pool.end(), archive.close()])
      }
    })
}

function seconds(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('Expected a number of seconds.')
  return value
}

const HEAD = [
  'topic',
  'partition',
  'log',
  'archived',
  'loaded',
  'ignored',
  'duplicate',
  'quarantined',
  'erased',
]

function report(accounts: readonly PartitionAccount[], balanced: boolean, out: (line: string) => void): void {
  printTable([HEAD, ...accounts.map(row)], out)
  for (const account of accounts) for (const line of problems(account)) out(line)
  out(balanced ? 'balanced: every event is accounted for' : 'NOT balanced')
}

function row({
  topic,
  partition,
  firstOffset,
  nextOffset,
  archived,
  outcomes,
}: PartitionAccount): (string | number)[] {
  const { loaded, ignored, duplicate, quarantined, erased } = outcomes
  return [
    topic,
    partition,
    nextOffset - firstOffset,
    archived.records,
    loaded,
    ignored,
    duplicate,
    quarantined,
    erased,
  ]
}

function problems({ topic, partition, archived, accounted }: PartitionAccount): string[] {
  const stores: [string, Coverage][] = [
    ['the archive', archived],
    ['the ledger', accounted],
  ]
  return stores.flatMap(([store, { missing, doubled, waiting }]) => [
    ...missing.map((range) => `${topic}/${partition} ${shown(range)}: missing in ${store}`),
    ...doubled.map((range) => `${topic}/${partition} ${shown(range)}: twice in ${store}`),
    ...(waiting > 0 ? [`${topic}/${partition}: ${waiting} records have not come to ${store} yet`] : []),
  ])
}

function shown({ from, to }: OffsetRange): string {
  return from === to ? `offset ${from}` : `offsets ${from} to ${to}`
}
