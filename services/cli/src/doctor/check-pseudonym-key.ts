import { type KnownKey, readKeys } from '@millrace/archive/claim-keys'
import { openArchive } from '@millrace/archive/open-archive'
import { readPseudonymKeys } from '@millrace/ingest-api/read-pseudonym-keys'
import { keyFingerprint } from '@millrace/scrub/pseudonym'
import type { Config } from '../up/config.ts'
import { keptPseudonymKey } from '../up/open-keys.ts'
import { type Finding, failed, ok, warning } from './finding.ts'

const CHECK = 'pseudonym key'

/** Whether the key that is configured is the one that people are known by. Keys are told by their fingerprints. */
export async function checkPseudonymKey(config: Config, dataDir: string): Promise<Finding> {
  const PSEUDONYM_KEY = config.PSEUDONYM_KEY ?? (await keptPseudonymKey(dataDir))
  if (PSEUDONYM_KEY === undefined) return warning(CHECK, 'none yet: `npm start` makes one and keeps it')
  const archive = await openArchive(config)
  try {
    const keys = await readPseudonymKeys({ ...config, PSEUDONYM_KEY })
    return findingOf(keys, await readKeys(archive))
  } catch (error) {
    return failed(CHECK, (error as Error).message)
  } finally {
    await archive.close()
  }
}

function findingOf(
  { pseudonymKey, retiredPseudonymKey }: Awaited<ReturnType<typeof readPseudonymKeys>>,
  known: readonly KnownKey[],
): Finding {
  const current = keyFingerprint(pseudonymKey)
  const retired = retiredPseudonymKey === undefined ? undefined : keyFingerprint(retiredPseudonymKey)
  const find = (key: string | undefined) => known.find(({ fingerprint }) => fingerprint === key)
  const [since, before] = [find(current)?.since, find(retired)]
  if (known.length > 0 && since === undefined && before === undefined) {
    return failed(
      CHECK,
      `${current} is configured, people are known by ${known.at(-1)?.fingerprint}: with another key everyone is somebody new`,
    )
  }
  const inUse = since === undefined ? 'not used yet' : `in use since ${since}`
  return ok(CHECK, `${current}, ${inUse}${retired === undefined ? '' : `, after ${retired}`}`)
}
