import { readFile } from 'node:fs/promises'
import { Fault } from '@millrace/contracts/fault'
import { nearestName } from '@millrace/contracts/nearest-name'
import { parsePolicy } from '@millrace/contracts/parse-policy'
import type { PrivacyPolicy, Rule } from '@millrace/contracts/privacy-policy'
import { kindOfKey } from './personal-keys.ts'

const NO_RULES: PrivacyPolicy = { rules: [] }

/**
 * The policy of a file: JSON, `{ "rules": [ … ] }`. Without a file, one without rules; the default rules hold beside both.
 * @throws Fault `config_invalid` that names each rule that cannot hold, and says what was expected.
 */
export async function readPrivacyPolicy(file: string | undefined): Promise<PrivacyPolicy> {
  if (file === undefined) return NO_RULES
  const parsed = parsePolicy(await readJson(file))
  if (parsed.kind === 'invalid') throw wrong(file, parsed.problems)
  const kept = parsed.policy.rules.flatMap((rule, index) =>
    keepsAnId(rule)
      ? [`rule ${index + 1} (${rule.event} ${rule.field}): ids and addresses are never kept`]
      : [],
  )
  if (kept.length > 0) throw wrong(file, kept)
  return parsed.policy
}

/** A sentence for each rule of a source that no write key has: it never holds, and may be a slip of the pen. */
export function unknownSources({ rules }: PrivacyPolicy, sources: readonly string[]): readonly string[] {
  const known = new Set(sources)
  return rules.flatMap(({ source, event, field }, index) => {
    if (source === '*' || known.has(source)) return []
    const { nearest } = nearestName(source, known)
    return [
      `PRIVACY_POLICY: rule ${index + 1} (${event} ${field}) is for the source ${source}, which no write key has; the nearest is ${nearest}`,
    ]
  })
}

async function readJson(file: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw wrong(file, ['expected the path of a readable file'], cause)
  }
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw wrong(file, ['expected JSON, as { "rules": [{ "field": "context.ip", "do": "drop" }] }'])
  }
}

/** By the name of a field of a custom event; those of the catalogue are told by their marks. */
function keepsAnId({ do: action, event, field }: Rule): boolean {
  if (action !== 'keep' || !event.startsWith('custom:')) return false
  const kind = kindOfKey(field.slice(field.lastIndexOf('.') + 1))
  return kind === 'user_id' || kind === 'anonymous_id' || kind === 'ip'
}

function wrong(file: string, problems: readonly string[], cause?: unknown): Fault {
  const lines = problems.map((problem) => `  PRIVACY_POLICY (${file}): ${problem}`)
  return new Fault('config_invalid', `Wrong configuration:\n${lines.join('\n')}`, { cause })
}
