/** As many as an event may have findings. */
const MOST_NAMES = 20
const LONGEST_NAME = 100

/** What was sent with a value, under a name that the contract does not declare: it is dropped, and its name may say what it was. */
export function undeclaredNames(sent: unknown, declared: readonly string[]): readonly string[] | undefined {
  if (typeof sent !== 'object' || sent === null) return undefined
  let names: string[] | undefined
  for (const name in sent) {
    if (declared.includes(name) || name.length > LONGEST_NAME) continue
    const value = (sent as Readonly<Record<string, unknown>>)[name]
    if (value === null || value === '' || typeof value === 'boolean') continue
    names ??= []
    if (names.length < MOST_NAMES) names.push(name)
  }
  return names
}
