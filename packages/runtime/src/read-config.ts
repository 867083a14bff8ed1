import { Fault } from '@millrace/contracts/fault'
import type { z } from 'zod'

/**
 * Reads a service's configuration. Empty variables count as not set.
 * @throws Fault `config_invalid` that names each bad variable and what was expected, never its value.
 */
export function readConfig<S extends z.ZodType>(
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const lines = result.error.issues.map((issue) => `  ${issue.path.join('.') || '(all)'}: ${issue.message}`)
  throw new Fault('config_invalid', `Wrong configuration:\n${lines.join('\n')}`)
}
