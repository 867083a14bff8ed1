import { type AccountReaderDeps, createAccountReader, readEnds } from '@millrace/jobs/create-account-reader'
import { isBroken, type PartitionAccount } from '@millrace/warehouse/reconcile'

export interface ReconcileDeps extends AccountReaderDeps {
  readonly now: () => Date
  readonly sleep: (ms: number) => Promise<void>
  /** Told what is still on its way. */
  readonly progress: (line: string) => void
}

export interface ReconcileOptions {
  readonly topics: readonly string[]
  /** How long to wait for the archiver and the loader to come to where the log ended at the start. */
  readonly waitSeconds: number
}

const LOOK_EVERY_MS = 1_000

/** Accounts for every record that the log held at the start. Missing and double ones are told without waiting. */
export async function runReconcile(
  deps: ReconcileDeps,
  options: ReconcileOptions,
): Promise<PartitionAccount[]> {
  const { log, now, sleep, progress } = deps
  const ends = await readEnds(log, options.topics)
  const reader = createAccountReader(deps)
  const deadline = now().getTime() + options.waitSeconds * 1_000
  for (;;) {
    const accounts = await reader.read(ends)
    const waiting = accounts.reduce(
      (sum, { archived, accounted }) => sum + archived.waiting + accounted.waiting,
      0,
    )
    if (waiting === 0 || accounts.some(isBroken) || now().getTime() >= deadline) return accounts
    progress(`${waiting} records are still to be archived or loaded`)
    await sleep(LOOK_EVERY_MS)
  }
}
