import { setTimeout as sleep } from 'node:timers/promises'
import { countSpooled } from '@millrace/archive/spool'
import { QUARANTINE_TOPIC } from '@millrace/contracts/quarantined-event'
import { EVENTS_TOPIC } from '@millrace/contracts/stamped-event'
import { readDeepFindings } from '@millrace/jobs/read-deep-findings'
import { findingsOf } from '@millrace/warehouse/reconcile-findings'
import { Command, InvalidArgumentError } from 'commander'
import type { CommandDeps } from '../command-deps.ts'
import { type Stores, useStores } from '../database/use-stores.ts'
import { progressLines } from '../progress-lines.ts'
import { type Reconciled, reportReconciled } from '../reconcile/report-reconciled.ts'
import { runReconcile } from '../reconcile/run-reconcile.ts'

interface ReconcileFlags {
  readonly wait: number
  readonly deep?: boolean
  readonly json?: boolean
}

const TOPICS = [EVENTS_TOPIC, QUARANTINE_TOPIC]

export function reconcileCommand(deps: CommandDeps): Command {
  return new Command('reconcile')
    .description(
      'Prove that every accepted event is accounted for: log = archive = loaded + ignored + duplicate + …',
    )
    .option('--wait <seconds>', 'for the archiver and the loader to come to the end of the log', seconds, 30)
    .option('--deep', 'also read every archived event and look for it in the warehouse')
    .option('--json', 'one JSON object { balanced, partitions, findings, spooledBatches }')
    .action(async (flags: ReconcileFlags) => {
      const reconciled = await useStores(deps, (stores) => reconcileStores(stores, flags, deps))
      if (!reconciled.balanced) deps.exitWith(1)
      if (flags.json) deps.out(JSON.stringify(reconciled))
      else reportReconciled(reconciled, deps.out)
    })
}

async function reconcileStores(
  stores: Stores,
  { wait, deep: deeply, json }: ReconcileFlags,
  { note, now }: CommandDeps,
): Promise<Reconciled> {
  const progress = json ? () => undefined : note
  const partitions = await runReconcile(
    { ...stores, now, sleep, progress },
    { topics: TOPICS, waitSeconds: wait },
  )
  const line = progressLines(progress, now)
  const deep = deeply
    ? await readDeepFindings(
        {
          ...stores,
          progress: ({ objects, records, findings }) =>
            line(`${objects} objects with ${records} events read, ${findings} findings`),
        },
        TOPICS,
      )
    : undefined
  const findings = [...partitions.flatMap(findingsOf), ...(deep?.lost ?? [])]
  const balanced = findings.length === 0 && partitions.every((account) => account.balanced)
  return {
    balanced: balanced && deep?.read.countsAgree !== false,
    partitions,
    findings,
    spooledBatches: await countSpooled(stores.archive),
    ...(deep && { deep: deep.read }),
  }
}

function seconds(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0)) throw new InvalidArgumentError('Expected a number of seconds.')
  return value
}
