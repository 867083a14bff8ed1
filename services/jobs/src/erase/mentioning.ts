import { UUIDS } from '@millrace/contracts/erase-people'

/** So many are looked for one by one, at the speed of memory. */
const FEW = 8

/** A quick test whether a text speaks of any of these persons. */
export function mentioning(people: ReadonlySet<string>): (text: string) => boolean {
  const all = [...people]
  if (all.length <= FEW) return (text) => all.some((person) => text.includes(person))
  return (text) => {
    for (const [uuid] of text.matchAll(UUIDS)) if (people.has(uuid)) return true
    return false
  }
}
