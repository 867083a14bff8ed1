/** A member of a group: what it reads, and what it has now. */
export interface GroupMember {
  readonly id: string
  readonly topics: readonly string[]
  /** Where it has to give some away it keeps the first ones. */
  readonly owned: Assignment
}

/** Partitions by topic. */
export type Assignment = Readonly<Record<string, readonly number[]>>

/**
 * Shares each topic out evenly among the members that read it, so that a member that joins or leaves moves as few
 * partitions as can be. The odd partitions of a topic go where the fewest are so far.
 */
export function assignSticky(
  members: readonly GroupMember[],
  partitions: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, Assignment> {
  const shares = new Map<string, Record<string, readonly number[]>>(members.map(({ id }) => [id, {}]))
  const totals = new Map<string, number>()
  // Large topics first: the odd partitions of small ones even out what they leave.
  const topics = [...partitions].sort(
    ([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1),
  )
  for (const [topic, all] of topics) {
    const readers = members.filter((member) => member.topics.includes(topic))
    for (const [id, share] of shareTopic(topic, all, readers, totals)) {
      totals.set(id, (totals.get(id) ?? 0) + share.length)
      const assignment = shares.get(id)
      if (assignment && share.length > 0) assignment[topic] = share
    }
  }
  return shares
}

function shareTopic(
  topic: string,
  partitions: readonly number[],
  readers: readonly GroupMember[],
  totals: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly number[]> {
  const free = new Set(partitions)
  const quotas = quotasOf(topic, partitions.length, readers, totals)
  const kept = quotas.map(([member, quota]) => {
    const mine = (member.owned[topic] ?? []).filter((partition) => free.has(partition)).slice(0, quota)
    for (const partition of mine) free.delete(partition)
    return { id: member.id, quota, mine }
  })
  const rest = [...free].sort((a, b) => a - b)
  return new Map(
    kept.map(({ id, quota, mine }) => [
      id,
      [...mine, ...rest.splice(0, quota - mine.length)].sort((a, b) => a - b),
    ]),
  )
}

/** How many partitions each reader gets. */
function quotasOf(
  topic: string,
  partitions: number,
  readers: readonly GroupMember[],
  totals: ReadonlyMap<string, number>,
): readonly (readonly [GroupMember, number])[] {
  const total = ({ id }: GroupMember): number => totals.get(id) ?? 0
  const has = ({ owned }: GroupMember): number => owned[topic]?.length ?? 0
  const order = [...readers].sort((a, b) => total(a) - total(b) || has(b) - has(a) || (a.id < b.id ? -1 : 1))
  const each = Math.floor(partitions / readers.length)
  const odd = partitions - each * readers.length
  return order.map((member, index) => [member, index < odd ? each + 1 : each] as const)
}
